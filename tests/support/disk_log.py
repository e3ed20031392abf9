"""Writes down what SQLite asks of the disk: every write, truncation, sync and deletion, in order and in full.

A VFS on top of SQLite's own, put into the very library that Python's `sqlite3` uses, so that nothing of ours or of
SQLite's knows of it. Source of the structures: sqlite.org/c3ref/vfs.html and sqlite.org/c3ref/io_methods.html.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sqlite3
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import Any

OK = 0
Entry = tuple[Any, ...]
"""(what, file, …): open + content, write + offset + data, truncate + size, sync, delete; and the marks of others."""


class _Vfs(Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    )


class _Methods(Structure):
    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class _File(Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_File), c_int, POINTER(c_int))
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


def library() -> ctypes.CDLL | None:
    """SQLite as `sqlite3` has loaded it; None where Python was built so that it cannot be reached."""
    for name in (getattr(_sqlite3, "__file__", None), None):
        try:
            found = ctypes.CDLL(name)
            found.sqlite3_libversion.restype = c_char_p
            if found.sqlite3_libversion().decode() == sqlite3.sqlite_version:
                return found
        except (OSError, AttributeError):
            continue
    return None


class DiskLog:
    """The log. From `install` on every file that SQLite opens is followed; the index in shared memory is none."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self._seen: set[str] = set()
        self._kept: list[Any] = []

    def mark(self, what: str, *facts: Any) -> None:
        """Write down something else that happened at this moment."""
        self.entries.append((what, "", *facts))

    def install(self) -> None:
        """Become the default VFS of this process."""
        lite = library()
        assert lite is not None
        lite.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._under = lite.sqlite3_vfs_find(None)
        self._vfs = _Vfs.from_buffer_copy(self._under.contents)
        self._vfs.name = b"written-down"
        self._vfs.open = self._keep(_OPEN(self._open))
        self._vfs.delete = self._keep(_DELETE(self._delete))
        assert lite.sqlite3_vfs_register(byref(self._vfs), 1) == OK

    def _keep(self, function: Any) -> c_void_p:
        self._kept.append(function)
        return cast(function, c_void_p)

    def _open(self, _vfs: int, name: int | None, file: Any, flags: int, found: Any) -> int:
        # The name is passed on as the very address we were given: SQLite keeps it.
        under = self._under.contents
        result: int = _OPEN(under.open)(ctypes.addressof(under), name, file, flags, found)
        if result == OK and name is not None and file.contents.methods:
            path = _path(name)
            self._names[ctypes.addressof(file.contents)] = path.name
            # Once only: closing a file that is open elsewhere in the process would end SQLite's locks on it.
            self.entries.append(("open", path.name, b"" if path.name in self._seen else path.read_bytes()))
            self._seen.add(path.name)
            file.contents.methods = ctypes.pointer(self._followed(file.contents.methods))
        return result

    def _delete(self, _vfs: int, name: int, sync: int) -> int:
        under = self._under.contents
        result: int = _DELETE(under.delete)(ctypes.addressof(under), name, sync)
        if result == OK:
            self.entries.append(("delete", _path(name).name))
        return result

    def _followed(self, given: Any) -> _Methods:
        """The same methods with three of them written down; one copy for all files of a kind."""
        address = ctypes.addressof(given.contents)
        if address not in self._methods:
            mine = self._methods[address] = _Methods.from_buffer_copy(given.contents)
            mine.write = self._keep(self._writing(_WRITE(mine.write)))
            mine.truncate = self._keep(self._truncating(_TRUNCATE(mine.truncate)))
            mine.sync = self._keep(self._syncing(_SYNC(mine.sync)))
        return self._methods[address]

    def _writing(self, under: Any) -> Any:
        def write(file: int, data: int, size: int, offset: int) -> int:
            self.entries.append(("write", self._names[file], offset, ctypes.string_at(data, size)))
            return int(under(file, data, size, offset))

        return _WRITE(write)

    def _truncating(self, under: Any) -> Any:
        def truncate(file: int, size: int) -> int:
            self.entries.append(("truncate", self._names[file], size))
            return int(under(file, size))

        return _TRUNCATE(truncate)

    def _syncing(self, under: Any) -> Any:
        def sync(file: int, flags: int) -> int:
            result = int(under(file, flags))
            if result == OK:  # only what has returned is on the disk
                self.entries.append(("sync", self._names[file]))
            return result

        return _SYNC(sync)


def _path(name: int) -> Path:
    return Path(ctypes.string_at(name).decode())
