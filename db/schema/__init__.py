"""Every table, on one `metadata`; a new file of tables is named here so that migrations see it."""

from db.schema import matters, people, queues
from db.schema.base import metadata

__all__ = ["matters", "metadata", "people", "queues"]
