"""A system's own database as one SQLite file: making it and writing rows into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ordertrail.lib.sqlite_library import sqlite3

Row = Mapping[str, str | int | None]


@contextmanager
def writing(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """A connection to the file at ``path``, made with ``schema`` where it is new; one transaction."""
    new = not path.exists()
    connection = sqlite3.connect(path, timeout=20)
    try:
        if new:
            connection.execute("PRAGMA synchronous=OFF")  # a demo file that breaks at a power cut is simply made again
            connection.executescript(schema)
        with connection:
            yield connection
    finally:
        connection.close()


def put(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    """Insert or replace ``rows``, which all have the same columns, by the table's primary key."""
    listed = list(rows)
    if not listed:
        return
    columns = list(listed[0])
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
        [tuple(row[column] for column in columns) for row in listed],
    )


def clear(connection: sqlite3.Connection, table: str, parent: str, keys: Iterable[str | int]) -> None:
    """Delete the lines of the documents ``keys``, before their new lines are put."""
    connection.executemany(f"DELETE FROM {table} WHERE {parent} = ?", [(key,) for key in keys])
