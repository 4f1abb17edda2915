"""Same bytes: what two hubs that say the same have in common, whatever way they were made.

Each table without surrogate keys (columns that end in ``_id``; an order is told by its number), sorted by all its other columns,
exported as text, sha256 over it.
Runs in the hub's child process.
"""

from __future__ import annotations

import hashlib

import duckdb

from ordertrail.hub.tables import tables

ROWS_AT_ONCE = 10_000
NONE = "\\N"


def of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The fingerprint of each dim and fact table, by name."""
    return {table.name: _print(connection, table.name) for layer in ("dim", "fact") for table in tables(layer)}


def natural(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """What of a table means the same in every hub, SQL by name: its other columns and, for its order's id, the order's number."""
    found = [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description]
    told = {name: f"t.{name}" for name in found if not name.endswith("_id")}
    return told | ({"of_order": "o.source || ' ' || o.order_number"} if "order_id" in found else {})


def lines(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL for the rows of a table as sorted lines of text."""
    told = natural(connection, table)
    texts = ", ".join(
        f"coalesce(replace(replace(CAST({sql} AS VARCHAR), '\\', '\\\\'), chr(9), '\\t'), '{NONE}')"
        for sql in told.values()
    )
    orders = "LEFT JOIN fact_order AS o ON o.order_id = t.order_id" if "of_order" in told else ""
    return f"SELECT line FROM (SELECT concat_ws(chr(9), {texts}) AS line FROM {table} AS t {orders}) ORDER BY line"


def _print(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    found = hashlib.sha256("\t".join(natural(connection, table)).encode() + b"\n")
    answer = connection.execute(lines(connection, table))
    while rows := answer.fetchmany(ROWS_AT_ONCE):
        found.update("".join(f"{row[0]}\n" for row in rows).encode())
    return found.hexdigest()
