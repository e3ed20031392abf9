"""The database tests run on both databases."""

from databases import database, database_url, open_database, postgres_server

__all__ = ["database", "database_url", "open_database", "postgres_server"]
