"""The runner: makes every table of the hub from its SELECT, wholly or for changed rows, with the same text.

Two DuckDB files, both open in one connection: ``base`` (copies of store tables) and ``facts`` (dim and fact tables, of which
readers get a copy). Tables are created only in a new file that is not in use yet; a hub in use is only deleted from and
inserted into, since replaying created tables from a write-ahead log is where DuckDB has had faults. Knows no Django.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from ordertrail.hub import load
from ordertrail.hub.load import Store
from ordertrail.hub.tables import TYPES, Follow, Table, spec, tables

MEMORY = "1200MB"
THREADS = 2
UNTRIED = "zstd,fsst,dictionary"
"""Ways to make texts small that are not tried on each column: files are no larger without them, and written in a tenth less time."""
STATE = "hub_state"
STEP = """
CREATE TEMP MACRO step(digits) AS CASE digits WHEN 2 THEN 100 WHEN 0 THEN 10000 WHEN 3 THEN 10 WHEN 1 THEN 1000 ELSE 1 END
"""
"""How many money units (10⁻⁴) the smallest amount of a currency with so many decimals has."""

MACROS = """
CREATE TEMP MACRO ot_piece(amount, qty, of_qty, digits) AS CASE
    WHEN of_qty = 0 THEN 0
    WHEN qty = of_qty THEN amount
    ELSE CAST(
        sign(amount) * sign(qty) * sign(of_qty) * step(digits) * (
            (2 * abs(CAST(amount AS HUGEINT)) * abs(qty) + abs(CAST(of_qty AS HUGEINT)) * step(digits))
            // (2 * abs(CAST(of_qty AS HUGEINT)) * step(digits))
        ) AS BIGINT)
END
"""
"""``ot_piece`` as ``lib.money.piece_units`` has it: HALF_UP(amount × qty / of_qty), half away from zero, in 128-bit integers."""

Progress = Callable[[int, int, str], None]
"""Called with (rows done, rows in all, name of the table)."""


class Hub:
    """The two files of a hub, open for writing in this process alone."""

    def __init__(self, base: Path, facts: Path, scratch: Path) -> None:
        self.touched: set[str] = set()
        self.connection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "threads": THREADS,
                "temp_directory": str(scratch),
                "disabled_compression_methods": UNTRIED,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            for name, path in (("base", base), ("facts", facts)):
                self.sql(f"ATTACH {quoted(str(path))} AS {name}")
        except duckdb.Error:
            self.connection.close()  # or the file would stay taken, and its successor could not be made
            raise
        for text in ("SET search_path = 'memory,facts,base'", STEP, MACROS):
            self.sql(text)

    def __enter__(self) -> Hub:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.sql("CHECKPOINT facts")  # a snapshot is a copy of this one file
                self.sql("CHECKPOINT base")  # so that closing has nothing left to do
        finally:
            self.connection.close()

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """Run one statement to its end; its rows."""
        return self.connection.execute(text).fetchall()

    # --- what the files were made of --------------------------------------------------------------------------------

    def make_state(self, part: str, *layers: str) -> None:
        """Write into a new file which texts it was made from, and that it follows no change yet."""
        self.sql(f"CREATE TABLE {part}.{STATE} AS SELECT {quoted(spec(*layers))} AS spec, CAST(0 AS BIGINT) AS done_to")

    def state(self, part: str) -> tuple[str, int]:
        """The texts that a file was made from and the change up to which it follows."""
        made, done_to = self.sql(f"SELECT spec, done_to FROM {part}.{STATE}")[0]
        return str(made), int(done_to)

    def done_to(self, part: str, sequence: int) -> None:
        """Write up to which change a file follows; within the transaction that brought it there."""
        self.sql(f"UPDATE {part}.{STATE} SET done_to = {sequence:d}")

    # --- whole tables -----------------------------------------------------------------------------------------------

    def load_all(self, store: Store, progress: Progress) -> None:
        """Make every base table from the store, in a new file."""
        counts = {table.name: store.count(table) for table in tables("base")}
        total, done = sum(counts.values()), 0
        for table in tables("base"):
            progress(done, total, table.name)
            columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in table.columns)
            self.sql(f"CREATE TABLE base.{table.name} ({columns})")
            self._insert(store, table, store.all_rows(table), f"base.{table.name}")
            done += counts[table.name]
        progress(total, total, "")

    def make_all(self) -> None:
        """Make every dim and fact table from the base tables, in a new file."""
        for table in (*tables("dim"), *tables("fact")):
            self.sql(f"CREATE TABLE facts.{table.name} AS {table.rows()}")

    def _insert(self, store: Store, table: Table, sql: str, into: str) -> None:
        with store.stream(sql) as arrow:
            self.connection.register("arrow_stream", arrow)
            self.sql(f"INSERT INTO {into} {load.kept(table, 'arrow_stream')}")
            self.connection.unregister("arrow_stream")

    # --- changed rows -----------------------------------------------------------------------------------------------

    def fetch_changed(self, store: Store, after: int, upto: int) -> None:
        """Read the rows of changed documents into temporary tables: ``new_…`` the rows as they are now, ``touched_…`` the keys
        of those and of the ones that the hub has from before."""
        with store.stream(load.changes(after, upto)) as arrow:
            self.connection.register("arrow_stream", arrow)
            self.sql(
                "CREATE TEMP TABLE changed AS"
                " SELECT DISTINCT CAST(kind AS VARCHAR) AS kind, CAST(object AS BIGINT) AS id FROM arrow_stream"
            )
            self.connection.unregister("arrow_stream")
        kinds = {kind for (kind,) in self.sql("SELECT DISTINCT kind FROM changed")}
        for table in tables("base"):
            follows = [follow for follow in table.follows if follow.what in kinds]
            if table.whole or follows:
                self._fetch(store, table, follows, after, upto)
                self.touched.add(table.name)

    def _fetch(self, store: Store, table: Table, follows: list[Follow], after: int, upto: int) -> None:
        name, key = table.name, table.key
        self.sql(f"CREATE TEMP TABLE came_{name} AS FROM base.{name} LIMIT 0")
        for sql in [store.changed_rows(table, follow, after, upto) for follow in follows] or [store.all_rows(table)]:
            self._insert(store, table, sql, f"came_{name}")
        # A row that two ways lead to has come twice.
        self.sql(f"CREATE TEMP TABLE new_{name} AS SELECT DISTINCT * FROM came_{name}")
        before = [
            f"SELECT {key} FROM base.{name} WHERE {follow.column} IN (SELECT id FROM changed WHERE kind = '{follow.what}')"
            for follow in follows
        ] or [f"SELECT {key} FROM base.{name}"]
        self.sql(
            f"CREATE TEMP TABLE touched_{name} AS SELECT {key} AS id FROM new_{name} UNION {' UNION '.join(before)}"
        )

    def renamed_source(self) -> bool:
        """Whether a source that facts name has another code now; then no fact may stay."""
        return bool(self.sql("SELECT id, code FROM base.base_source EXCEPT SELECT id, code FROM new_base_source"))

    def apply_base(self, upto: int) -> None:
        """Bring the base tables to what was fetched, in one transaction."""
        self.sql("BEGIN")
        for table in tables("base"):
            if table.name in self.touched:
                self._replace(f"base.{table.name}", table.key, f"touched_{table.name}", f"FROM new_{table.name}")
        self.done_to("base", upto)
        self.sql("COMMIT")

    def apply_facts(self, upto: int) -> None:
        """Make the rows of dim and fact tables that follow from touched base rows again, in one transaction."""
        self.sql("BEGIN")
        for table in (*tables("dim"), *tables("fact")):
            if table.whole:
                self.sql(f"DELETE FROM facts.{table.name}")
                self.sql(f"INSERT INTO facts.{table.name} {table.sql}")
            elif table.follows and table.follows[0].what in self.touched:
                touched = f"touched_{table.follows[0].what}"
                self._replace(f"facts.{table.name}", table.key, touched, table.rows(touched, "new_"))
        self.done_to("facts", upto)
        self.sql("COMMIT")

    def _replace(self, table: str, key: str, touched: str, rows: str) -> None:
        self.sql(f"DELETE FROM {table} WHERE {key} IN (SELECT id FROM {touched})")
        self.sql(f"INSERT INTO {table} {rows}")


def quoted(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
