"""No table keeps anything of anybody that nobody thought of: each is declared with whose it is and what ends it.

A new table, or a new column that leads to a person, wants its line in `desk/personal.py`, and its end in
`desk/retention.py` and `desk/retention.yaml`, or a reason why it has none.
"""

from __future__ import annotations

from sqlalchemy import Column

from db.schema import metadata
from db.schema.people import persons, staff
from desk.personal import HOLDINGS
from desk.retention import Retention

BY_NAME = {"telegram_id", "chat_id", "asker_id", "person_id"}


def leads_to_somebody(column: Column[object]) -> bool:
    pointed = {key.column.table for key in column.foreign_keys}
    return bool(pointed & {persons, staff}) or column.name in BY_NAME


def test_every_table_is_declared_and_every_column_that_leads_to_somebody_named() -> None:
    assert HOLDINGS.keys() == metadata.tables.keys()
    unnamed = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if leads_to_somebody(column) and column.name not in HOLDINGS[table.name].whose
    ]
    assert unnamed == []


def test_every_table_ends_by_the_file_or_says_why_not() -> None:
    keys = {key for holding in HOLDINGS.values() for key in (holding.over, holding.part) if key}
    assert keys == Retention.model_fields.keys()
    assert [name for name, holding in HOLDINGS.items() if bool(holding.over) == bool(holding.stays)] == []


def test_what_leads_to_somebody_is_shown_to_them_or_is_a_record_of_the_office() -> None:
    silent = {name for name, holding in HOLDINGS.items() if holding.whose and not holding.section}
    assert silent == set()
