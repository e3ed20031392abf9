"""Where each word of a conversation stands in Telegram: the message it came as, and the copies it was passed on as."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table

from db.schema.base import metadata

copies = Table(
    "copies",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("message_id", BigInteger, primary_key=True),
    Column("matter_id", ForeignKey("matters.id"), nullable=False),
    Column("entry_n", Integer, nullable=False, comment="the entry of the matter that this message carries"),
    Column("ours", Boolean, nullable=False, comment="a copy that we sent; else the message as its author wrote it"),
    Column("caption", Boolean, nullable=False, server_default="0", comment="the words stand under a picture or file"),
    Index("copies_by_entry", "matter_id", "entry_n"),
)
