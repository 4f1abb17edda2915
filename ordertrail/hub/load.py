"""Reading the store for the hub: one read-only snapshot through ADBC, table by table as Arrow, never row by row in Python.

Runs in the hub's child process only. ADBC brings an SQLite library of its own, and two of them must not open the store in one
process: nothing here imports Django or ``ordertrail.lib.sqlite_library``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import adbc_driver_manager as adbc

from ordertrail.hub.tables import TYPES, Follow, Table

BATCH_ROWS = 65_536
MAPPED_BYTES = 1 << 34
"""How much of an SQLite store is read without a system call for each page."""
PATIENCE = 2.0
"""Seconds to wait for transactions that have drawn a change's number and are still running."""


@dataclass(frozen=True)
class Settled:
    """How far the sequence of changes may be followed. ``waiting``: where it may be followed to once all transactions before
    ``transaction`` have ended (PostgreSQL only; 0 where there is nothing to wait for)."""

    upto: int
    waiting: int = 0
    transaction: int = 0


class Store:
    """The store as one moment shows it. ``url`` is ``sqlite:/path`` or ``postgresql://…``."""

    def __init__(self, url: str, waiting: tuple[int, int] = (0, 0), patience: float = PATIENCE) -> None:
        self.postgresql = url.startswith("postgresql:")
        if self.postgresql:
            from adbc_driver_postgresql import _driver_path

            self._database = adbc.AdbcDatabase(driver=_driver_path(), uri=url)
        else:
            from adbc_driver_sqlite import _driver_path

            path = url.removeprefix("sqlite:").replace("?", "%3f").replace("#", "%23")
            self._database = adbc.AdbcDatabase(driver=_driver_path(), uri=f"file:{path}?mode=ro")
        self._connection = adbc.AdbcConnection(self._database)
        self.settled = self._wait(waiting, patience) if self.postgresql else Settled(0)
        if not self.postgresql:
            self._execute(f"PRAGMA mmap_size={MAPPED_BYTES:d}")
        self._connection.set_autocommit(False)
        if self.postgresql:
            self._execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        else:
            self.settled = Settled(self.number("SELECT COALESCE(MAX(id), 0) FROM desk_change"))

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._database.close()

    def _wait(self, waiting: tuple[int, int], patience: float) -> Settled:
        """How far all changes are known: a transaction that has drawn a lower number and is still running would be missed.

        Whoever has drawn a number up to ``last`` has a transaction id below ``next``, which is drawn after it (a verb writes its
        changes last, so it has one by then). A snapshot's xmax would not do: it lies one past the last *ended* transaction.
        When every transaction below ``next`` has ended, all those numbers are committed or never will be. A long one makes us go
        only as far as an earlier, by now finished round.
        """
        last = self.number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM desk_change_id_seq")
        next_ = self.number("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
        until = time.monotonic() + patience
        while True:
            oldest = self.number("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
            if oldest >= next_:
                return Settled(last)
            if time.monotonic() > until:
                done = waiting[0] if waiting[0] and oldest >= waiting[1] else 0
                return Settled(done, *((last, next_) if done or not waiting[0] else waiting))
            time.sleep(0.02)

    # --- asking -----------------------------------------------------------------------------------------------------

    @contextmanager
    def stream(self, sql: str) -> Iterator[Any]:
        """The answer of ``sql`` as an Arrow stream that DuckDB can read."""
        statement = adbc.AdbcStatement(self._connection)
        try:
            if not self.postgresql:
                statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)})
            statement.set_sql_query(sql)
            handle, _ = statement.execute_query()
            yield handle
        finally:
            statement.close()

    def _execute(self, sql: str) -> None:
        statement = adbc.AdbcStatement(self._connection)
        try:
            statement.set_sql_query(sql)
            statement.execute_update()
        finally:
            statement.close()

    def number(self, sql: str) -> int:
        """The one whole number that ``sql`` gives."""
        import duckdb

        with self.stream(sql) as handle, duckdb.connect() as small:
            small.register("answer", handle)
            return int(small.execute("SELECT * FROM answer").fetchall()[0][0])

    def count(self, table: Table) -> int:
        """How many rows a base table will have, for progress."""
        return self.number(f"SELECT COUNT(*) FROM ({table.sql}) AS t")

    # --- the SELECTs of sql/base ------------------------------------------------------------------------------------

    def all_rows(self, table: Table) -> str:
        """SQL for every row of a base table."""
        return self._typed(table)

    def changed_rows(self, table: Table, follow: Follow, after: int, upto: int) -> str:
        """SQL for the rows whose document has changed since ``after``: one statement a way, so that each uses its index."""
        return f"{self._typed(table)} WHERE {follow.column} IN ({changed(follow.what, after, upto)})"

    def _typed(self, table: Table) -> str:
        """The SELECT with each column in a form that both drivers give alike.

        ADBC reads SQLite's column types off the first rows, so that an empty day there would make the column a number: days and
        instants travel as text, empty for none.
        """
        columns = ", ".join(f"{self._value(name, kind)} AS {name}" for name, kind in table.columns)
        return f"SELECT {columns} FROM ({table.sql}) AS t"

    def _value(self, name: str, kind: str) -> str:
        if kind == "boolean":
            return f"CAST(CASE WHEN {name} THEN 1 ELSE 0 END AS bigint)"
        if kind == "instant" and self.postgresql:
            return f"COALESCE(to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '')"
        if kind in ("date", "instant", "text"):
            return f"COALESCE(CAST({name} AS text), '')"
        return f"CAST({name} AS bigint)"


def changes(after: int, upto: int) -> str:
    """SQL for kind and id of every document that changed after sequence ``after`` up to ``upto``."""
    return f"SELECT kind, object FROM desk_change WHERE id > {after:d} AND id <= {upto:d}"


def changed(kind: str, after: int, upto: int) -> str:
    """SQL for the ids of the documents of ``kind`` that changed after sequence ``after`` up to ``upto``."""
    return f"SELECT object FROM desk_change WHERE id > {after:d} AND id <= {upto:d} AND kind = '{kind}'"


def kept(table: Table, source: str) -> str:
    """DuckDB's SELECT that turns what came over the stream ``source`` into what the hub keeps."""
    return f"SELECT {', '.join(_kept(name, kind) for name, kind in table.columns)} FROM {source}"


def _kept(name: str, kind: str) -> str:
    text = f"CAST({name} AS VARCHAR)"
    if kind == "date":
        return f"CAST(NULLIF({text}, '') AS DATE) AS {name}"
    if kind == "instant":
        return f"epoch_us(CAST(NULLIF({text}, '') AS TIMESTAMP)) AS {name}"
    return f"CAST({name} AS {TYPES[kind]}) AS {name}"
