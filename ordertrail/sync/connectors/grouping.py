"""Rows gathered by the document that they belong to, in order of first mention; many rows go through a scratch file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.sync.connectors import jsonl

IN_MEMORY = 100_000
"""Rows that are gathered without a scratch file: at most about a hundred megabytes."""

Keyed = tuple[str, dict[str, Any]]


def gathered(rows: Iterable[Keyed]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each key once, with its rows in their order; keys in the order of their first row."""
    stream = iter(rows)
    first = list(islice(stream, IN_MEMORY))
    following = next(stream, None)
    if following is None:
        groups: dict[str, list[dict[str, Any]]] = {}
        for key, row in first:
            groups.setdefault(key, []).append(row)
        yield from groups.items()
        return
    with scratch() as book:
        book.add(first)
        book.add((following,))
        book.add(stream)
        yield from book.groups()


class Scratch:
    """Rows by key in a scratch database on the disk."""

    def __init__(self, path: Path) -> None:
        self._opened = sqlite3.connect(path, isolation_level=None)
        self._opened.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            " CREATE TABLE kept (place INTEGER PRIMARY KEY, key TEXT NOT NULL, cells BLOB NOT NULL);"
        )

    def add(self, rows: Iterable[Keyed]) -> None:
        """Keep rows behind those that are there."""
        self._opened.execute("BEGIN")
        values = ((key, jsonl.write({"row": row})) for key, row in rows)
        self._opened.executemany("INSERT INTO kept (key, cells) VALUES (?, ?)", values)
        self._opened.execute("COMMIT")

    def groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """As ``gathered``."""
        self._opened.execute("CREATE INDEX kept_key ON kept (key, place)")
        rows = self._opened.execute(
            "SELECT kept.key, kept.cells FROM (SELECT key, min(place) AS first FROM kept GROUP BY key) AS named"
            " JOIN kept ON kept.key = named.key ORDER BY named.first, kept.place"
        )
        key, found = "", list[dict[str, Any]]()
        for name, cells in rows:
            if found and name != key:
                yield key, found
                found = []
            key = name
            found.append(jsonl.read(cells)[0])
        if found:
            yield key, found

    def taker(self) -> Callable[[str], list[dict[str, Any]]]:
        """A function that gives the rows of a key, once."""
        self._opened.execute("CREATE INDEX kept_key ON kept (key, place)")
        self._opened.execute("CREATE TABLE taken (key TEXT PRIMARY KEY) WITHOUT ROWID")
        self._opened.execute("BEGIN")

        def take(key: str) -> list[dict[str, Any]]:
            rows = self._opened.execute("SELECT cells FROM kept WHERE key = ? ORDER BY place", (key,)).fetchall()
            self._opened.execute("INSERT OR IGNORE INTO taken VALUES (?)", (key,))
            return [jsonl.read(cells)[0] for (cells,) in rows]

        return take

    def untaken(self) -> Iterator[list[dict[str, Any]]]:
        """The rows of keys that nobody asked for, a thousand at a time."""
        rows = self._opened.execute("SELECT cells FROM kept WHERE key NOT IN (SELECT key FROM taken) ORDER BY place")
        while part := rows.fetchmany(1000):
            yield [jsonl.read(cells)[0] for (cells,) in part]

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A scratch database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ordertrail-") as folder:
        book = Scratch(Path(folder) / "rows.sqlite3")
        try:
            yield book
        finally:
            book.close()
