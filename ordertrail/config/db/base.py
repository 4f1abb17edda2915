"""Django's SQLite backend on our one SQLite library."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from ordertrail.lib.sqlite_library import refusal  # first: points the standard name at the one library

from django.db.backends.sqlite3 import base, schema  # isort: skip

from ordertrail.lib.gate import LOG_PAGES, Gate
from ordertrail.lib.money import piece_units, tax_units

log = logging.getLogger(__name__)

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")
"""How a statement begins that writes."""


@cache
def _say(warning: str) -> None:
    """Log ``warning``, once a process."""
    log.warning("%s", warning)


class SchemaEditor(schema.DatabaseSchemaEditor):
    """Makes tables. A key that is another table's (an order's status) is no row number but a column with an index of its own:
    SQLite can't begin a page at (value, row number) in an index, and would read past all rows with that value."""

    def _iter_column_sql(self, column_db_type: str, params: Any, model: Any, field: Any, *more: Any) -> Any:
        kind = "bigint" if field.primary_key and field.remote_field else column_db_type
        return super()._iter_column_sql(kind, params, model, field, *more)  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with WAL, full durability and foreign keys; without WAL where the library is not safe for it. Whatever it writes,
    in a transaction or by a single statement, goes through the gate.

    Big integers are declared ``integer``: a primary key of that type is the row's own number, of type ``bigint`` a second index.
    """

    SchemaEditorClass = SchemaEditor
    data_types = base.DatabaseWrapper.data_types | {"BigIntegerField": "integer"}

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.gate = Gate()
        self.execute_wrappers.append(self._through_the_gate)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, set what makes commits durable, and add the two functions that ``recount`` calls."""
        connection = super().get_new_connection(conn_params)
        if told := refusal():
            _say(told)
        journal = "DELETE" if told else "WAL"
        connection.executescript(
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
            " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
            f" PRAGMA wal_autocheckpoint={LOG_PAGES};"
        )
        connection.create_function("ot_piece", 4, piece_units, deterministic=True)
        connection.create_function("ot_tax", 3, tax_units, deterministic=True)
        return connection

    def _through_the_gate(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """A statement outside of transactions: SQLite commits it by itself, so it waits its turn by itself."""
        if self.in_atomic_block or not sql.lstrip()[:7].upper().startswith(WRITES) or not self.gate.enter():
            return execute(sql, params, many, context)
        try:
            return execute(sql, params, many, context)
        finally:
            self.gate.leave()

    def _start_transaction_under_autocommit(self) -> None:
        self.gate.enter()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self.gate.leave()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self.gate.leave()  # a commit that failed is rolled back next, and leaves then

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self.gate.leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self.gate.leave()
