"""since when somebody is off the roster.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('persons', schema=None) as batch_op:
        batch_op.add_column(sa.Column('left_at', db.types.Instant(), nullable=True, comment='noticed in the night: neither card nor post any more'))


def downgrade() -> None:
    with op.batch_alter_table('persons', recreate='never') as batch_op:  # other tables point here
        batch_op.drop_column('left_at')
