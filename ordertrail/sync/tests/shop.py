"""A shop's own database for tests: a real SQLite file with orders and lines, written as the test says, and read as a source."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.records.models import Source
from ordertrail.sync.sources import declare

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, no TEXT, buyer TEXT, status TEXT, total TEXT, currency TEXT,"
    " also TEXT, ordered TEXT, changed TEXT)",
    "CREATE TABLE IF NOT EXISTS lines (order_id TEXT, pos INTEGER, sku TEXT, qty TEXT, price TEXT)",
)
STREAM: dict[str, Any] = {
    "kind": "order",
    "from": "orders",
    "key": "id",
    "version": "changed",
    "cursor": "changed",
    "lines": {"from": "lines", "parent": "order_id", "key": "pos"},
    "fields": {
        "number": "no",
        "customer_name": "buyer",
        "currency": "currency",
        "state": {"column": "status", "map": {"open": "confirmed", "void": "cancelled"}},
        "order_date": "ordered",
        "total": "total",
        "same_as": {"column": "also", "source": ""},
    },
    "line_fields": {"sku": "sku", "qty": "qty", "price": "price", "tax_rate": {"value": "0"}},
}
MORNING = "2026-09-01 08:00:00"


@dataclass
class Shop:
    """The database at ``path``; ``stream`` is how it is read."""

    path: Path
    code: str = "shop"
    stream: dict[str, Any] = field(default_factory=lambda: deepcopy(STREAM))
    trust: dict[str, Any] = field(default_factory=dict)

    def run(self, sql: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """``sql`` for each of ``rows``, committed."""
        opened = sqlite3.connect(self.path)
        try:
            opened.executemany(sql, rows)
            opened.commit()
        finally:
            opened.close()

    def put(self, ref: str, number: str = "", **cells: Any) -> None:
        """Write one order anew; ``lines`` is a list of (sku, qty, price)."""
        self.put_all([(ref, number or f"SO-{ref}", cells)])

    def put_all(self, orders: Iterable[tuple[str, str, dict[str, Any]]]) -> None:
        """Write orders anew, each (ref, number, other cells)."""
        for table in SCHEMA:
            self.run(table)
        heads, lines, refs = [], [], []
        for ref, number, cells in orders:
            refs.append((ref,))
            heads.append(
                (ref, number, cells.get("buyer", "远帆"), cells.get("status", "open"), cells.get("total"),
                 cells.get("currency", "CNY"), cells.get("also", ""), cells.get("ordered", "2026-09-01"),
                 cells.get("changed", MORNING))
            )  # fmt: skip
            lines += [(ref, at, *line) for at, line in enumerate(cells.get("lines", [("LAMP", "10", "100.00")]), 1)]
        self.run("DELETE FROM lines WHERE order_id = ?", refs)
        self.run("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", heads)
        self.run("INSERT INTO lines VALUES (?, ?, ?, ?, ?)", lines)

    def delete(self, *refs: str) -> None:
        """Delete orders with their lines."""
        self.run("DELETE FROM lines WHERE order_id = ?", [(ref,) for ref in refs])
        self.run("DELETE FROM orders WHERE id = ?", [(ref,) for ref in refs])

    def setting(self, **changes: Any) -> dict[str, Any]:
        """The shop as ``sync.sources.declare`` takes it; ``changes`` of its stream."""
        return {
            "code": self.code, "name": self.code.upper(), "kind": "oms", "connector": "sql", "order_rank": 1,
            "settings": {"url": f"sqlite:///{self.path}", "streams": [self.stream | changes]}, **self.trust,
        }  # fmt: skip

    def source(self, **changes: Any) -> Source:
        """The shop as a source, declared; ``changes`` of its stream."""
        return declare(self.setting(**changes))
