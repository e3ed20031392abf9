"""What every room's tests may ask for: a database of each kind, from one PostgreSQL server for the whole session."""

import structlog
from databases import database, database_url, open_database, postgres_server

# The usual rendering draws every local variable of a traceback, which takes seconds, and a test is not to wait for it.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])

__all__ = ["database", "database_url", "open_database", "postgres_server"]
