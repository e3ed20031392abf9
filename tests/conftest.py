"""What every room's tests may ask for: a database of each kind, from one PostgreSQL server for the whole session."""

from databases import database, database_url, open_database, postgres_server

__all__ = ["database", "database_url", "open_database", "postgres_server"]
