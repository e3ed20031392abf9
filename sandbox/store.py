"""What survives a restart: every record as JSON in one SQLite file, bytes of files beside it.

Written at every change before anyone hears of it, so that a killed process loses nothing it had promised.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from sandbox.telegram import Telegram
from sandbox.updates import Update
from sandbox.webhook import Settings
from sandbox.world import Account, Chat, Entry, Query, StoredFile

TABLE = """CREATE TABLE IF NOT EXISTS records
    (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"""


class Store:
    """Loads the world at once, then writes what was touched."""

    def __init__(self, folder: Path, telegram: Telegram) -> None:
        self._files = folder / "files"
        self._files.mkdir(parents=True, exist_ok=True)
        self._telegram = telegram
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(TABLE)
        self._touched: dict[tuple[str, Any], None] = {}
        self._load()
        telegram.world.touched = telegram.updates.touched = self._touched
        telegram.changes.before = self.flush

    def close(self) -> None:
        """Write what is left and let the file go; what changes afterwards is not kept."""
        self.flush()
        self._telegram.changes.before = None
        self._telegram.world.touched = self._telegram.updates.touched = None
        self._db.close()

    def flush(self) -> None:
        """Write all touched records in one transaction."""
        if not self._touched:
            return
        records = [(kind, json.dumps(key), self._body(kind, key)) for kind, key in self._touched]
        self._touched.clear()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("DELETE FROM records WHERE kind = ? AND key = ?", [r[:2] for r in records if r[2] is None])
        self._db.executemany("REPLACE INTO records VALUES (?, ?, ?)", [r for r in records if r[2] is not None])
        self._db.execute("COMMIT")

    def _body(self, kind: str, key: Any) -> str | None:
        """A record as JSON, None when it is gone."""
        world, updates = self._telegram.world, self._telegram.updates
        makers: dict[str, Callable[[], Any]] = {
            "accounts": lambda: asdict(world.accounts[key]),
            "chats": lambda: {f.name: getattr(world.chats[key], f.name) for f in fields(Chat) if f.name != "entries"},
            "messages": lambda: asdict(world.chats[key[0]].entries[key[1]]),
            "files": lambda: self._keep_bytes(world.files[key]),
            "queries": lambda: asdict(world.queries[key]),
            "menus": lambda: world.menus[key],
            "counters": lambda: world.counters[key],
            "updates": lambda: asdict(updates.pending[key]),
            "settings": lambda: self._setting(key),
        }
        try:
            return json.dumps(makers[kind](), ensure_ascii=False)
        except KeyError:
            return None

    def _setting(self, key: str) -> Any:
        updates = self._telegram.updates
        return {
            "allowed": updates.allowed,
            "next_id": updates.next_id,
            "webhook": asdict(self._telegram.webhook.settings),
        }[key]

    def _keep_bytes(self, file: StoredFile) -> Any:
        path = self._files / file.unique_id
        if not path.exists():
            path.write_bytes(file.data)
        return {f.name: getattr(file, f.name) for f in fields(StoredFile) if f.name != "data"}

    def _load(self) -> None:
        """Put everything back, in the order it was first made."""
        found: dict[str, list[tuple[Any, Any]]] = {}
        for kind, key, body in self._db.execute("SELECT kind, key, body FROM records"):
            found.setdefault(kind, []).append((json.loads(key), json.loads(body)))
        self._load_world(found)
        self._load_updates(found)

    def _load_world(self, found: dict[str, list[tuple[Any, Any]]]) -> None:
        world = self._telegram.world
        world.counters.update(dict(found.get("counters", [])))
        world.menus.update(dict(found.get("menus", [])))
        for _, body in found.get("chats", []):
            world.open(Chat(**body))
        for _, body in sorted(found.get("accounts", [])):
            world.enter(Account(**body))
        for _, body in sorted(found.get("messages", []), key=lambda record: record[0][1]):
            entry = Entry(**body)
            world.chats[entry.chat_id].entries[entry.id] = entry
        for _, body in found.get("files", []):
            file = StoredFile(**body, data=(self._files / body["unique_id"]).read_bytes())
            world.files[file.id] = file
            world.paths[file.path] = file.id
        for key, body in sorted(found.get("queries", [])):
            world.queries[key] = Query(**body)

    def _load_updates(self, found: dict[str, list[tuple[Any, Any]]]) -> None:
        updates, settings = self._telegram.updates, dict(found.get("settings", []))
        for _, body in sorted(found.get("updates", [])):
            updates.restore(Update(**body))
        updates.next_id = settings.get("next_id", updates.next_id)
        updates.allowed = settings.get("allowed")
        if "webhook" in settings:
            self._telegram.webhook.settings = Settings(**settings["webhook"])
            updates.webhook_url = self._telegram.webhook.settings.url
