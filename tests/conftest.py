"""What every room's tests may ask for: a database of each kind, from one PostgreSQL server, and a browser."""

import structlog
from browsing import browser
from databases import database, database_url, open_database, postgres_server

# The usual rendering draws every local variable of a traceback, which takes seconds, and a test is not to wait for it.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])

__all__ = ["browser", "database", "database_url", "open_database", "postgres_server"]
