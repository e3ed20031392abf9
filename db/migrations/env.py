"""Alembic's entry: runs the steps on the connection that `db.migrate` hands over."""

from alembic import context

from db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    transactional_ddl=True,  # SQLite can: our connections begin their transactions themselves
    # SQLite cannot change a column in place: Alembic copies the table instead.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
