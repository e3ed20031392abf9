"""sealed updates and visits.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed', db.types.Sealed(), nullable=True, comment='of an update that was given up: the body, which is empty then'))

    with op.batch_alter_table('visits', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sealed', db.types.Sealed(), nullable=True, comment='of a visit that was made: words and files, which are empty then'))


def downgrade() -> None:
    with op.batch_alter_table('visits', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('sealed')

    with op.batch_alter_table('inbox', schema=None, recreate='never') as batch_op:
        batch_op.drop_column('sealed')
