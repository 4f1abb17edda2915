"""The SQL connector on a real SQLite file: what was written there comes out exactly, in one snapshot, however it
changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.records.shapes import OrderRecord, Problem
from ordertrail.sync.connectors.base import RawDocument
from ordertrail.sync.connectors.sql import Connector
from ordertrail.sync.mapping import Stream, to_records

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

DECLARED: dict[str, Any] = {
    "kind": "order",
    "from": "oms_orders",
    "key": "id",
    "version": "updated_at",
    "cursor": "updated_at",
    "lag_seconds": 600,
    "lines": {"from": "oms_order_lines", "parent": "order_id", "key": "line_no"},
    "fields": {
        "number": "order_no",
        "order_date": "created_at",
        "currency": {"value": "CNY"},
        "state": {"column": "status", "map": {"30": "confirmed", "50": "confirmed", "90": "cancelled"}},
        "shipped": {"column": "status", "map": {"50": "all"}, "else": ""},
        "customer_name": "buyer",
        "total": "total",
    },
    "line_fields": {"sku": "sku", "qty": "qty", "price": {"column": "price_cents", "scale": "0.01"}},
}


@pytest.fixture
def oms(tmp_path: Path) -> Iterator[Any]:
    """An OMS with two orders and three lines; the file is `oms.path`."""
    path = tmp_path / "oms.sqlite3"
    opened = sqlite3.connect(path)
    opened.executescript(
        """
        CREATE TABLE oms_orders (id INTEGER PRIMARY KEY, order_no TEXT, buyer TEXT, status INTEGER, total REAL,
                                 created_at TEXT, updated_at TEXT, photo BLOB);
        CREATE TABLE oms_order_lines (order_id INTEGER, line_no INTEGER, sku TEXT, qty NUMERIC, price_cents INTEGER);
        INSERT INTO oms_orders VALUES (1, 'SO-1', '远帆', 30, 0.1, '2026-11-01 23:30:00', '2026-11-01 23:30:00', x'00'),
                                      (2, 'SO-2', 'Ada', 50, 33.3, '2026-11-02 08:00:00', '2026-11-03 08:00:00', NULL);
        INSERT INTO oms_order_lines VALUES (2, 1, 'LAMP', 2.5, 1250), (1, 2, 'CORD', 4, 99), (1, 1, 'LAMP', 10, 1250),
                                           (7, 1, 'ORPHAN', 1, 1);
        """
    )
    opened.commit()
    yield opened
    opened.close()


def source(tmp_path: Path, **settings: Any) -> Connector:
    found = Connector({"url": f"sqlite:///{tmp_path}/oms.sqlite3", **settings}, {}, SHANGHAI)
    found.now = lambda: NOON
    return found


def orders(connector: Connector, stream: Stream, since: str | None = None) -> list[Any]:
    found: list[Any] = []
    for landing in connector.fetch(stream, since):
        found += to_records(stream, connector.read(stream, landing), SHANGHAI)
    return found


def test_orders_come_with_their_lines_and_exact_amounts(oms: Any, tmp_path: Path) -> None:
    first, second = orders(source(tmp_path), Stream.from_json(DECLARED))
    assert isinstance(first, OrderRecord)
    assert (first.ref, first.number, first.customer, str(first.order_date)) == ("1", "SO-1", "远帆", "2026-11-01")
    assert first.total == Decimal("0.1")
    assert [(line.ref, line.sku, line.qty, line.price) for line in first.lines] == [
        ("1", "LAMP", Decimal(10), Decimal("12.50")),
        ("2", "CORD", Decimal(4), Decimal("0.99")),
    ]
    assert first.changed_at == datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
    assert (second.shipped, second.lines[0].qty) == ("all", Decimal("2.5"))


def test_only_what_changed_since_the_cursor_less_its_lag_is_read_again(oms: Any, tmp_path: Path) -> None:
    stream = Stream.from_json(DECLARED)
    (landing,) = source(tmp_path).fetch(stream, None)
    assert (landing.cursor, landing.total) == ("2026-11-03 08:00:00", 2)
    oms.execute("UPDATE oms_orders SET updated_at = '2026-11-03 07:55:00' WHERE id = 1")  # committed late
    oms.commit()
    assert [record.ref for record in orders(source(tmp_path), stream, landing.cursor)] == ["1", "2"]
    oms.execute("UPDATE oms_orders SET updated_at = '2026-11-03 07:49:59' WHERE id = 1")
    oms.commit()
    assert [record.ref for record in orders(source(tmp_path), stream, landing.cursor)] == ["2"]


def test_a_cursor_in_2099_does_not_hide_what_is_written_today(oms: Any, tmp_path: Path) -> None:
    oms.execute("UPDATE oms_orders SET updated_at = '2099-01-01 00:00:00' WHERE id = 1")
    oms.commit()
    connector, stream = source(tmp_path), Stream.from_json(DECLARED)
    (landing,) = connector.fetch(stream, None)
    assert landing.cursor is not None
    assert landing.cursor.startswith("2026-11-20 12:00:00")
    assert [note.code for note in connector.notes] == ["cursor_in_future"]


def test_a_renamed_column_waits_for_a_person_with_a_suggestion(oms: Any, tmp_path: Path) -> None:
    oms.execute("ALTER TABLE oms_order_lines RENAME COLUMN price_cents TO price_in_cents")
    with pytest.raises(Refused) as refused:
        list(source(tmp_path).fetch(Stream.from_json(DECLARED), None))
    assert refused.value.code == "column_missing"
    assert "“price_cents” is missing; it may now be called “price_in_cents”" in refused.value.detail


def test_a_status_never_seen_rejects_its_order_alone(oms: Any, tmp_path: Path) -> None:
    oms.execute("UPDATE oms_orders SET status = 77 WHERE id = 2")
    oms.commit()
    good, bad = orders(source(tmp_path), Stream.from_json(DECLARED))
    assert good.ref == "1"
    assert isinstance(bad, Problem)
    assert (bad.ref, bad.column, bad.code) == ("2", "status", "unknown_value")
    assert "“77” was never seen here" in bad.detail


def test_reading_the_same_bytes_twice_gives_the_same_documents(oms: Any, tmp_path: Path) -> None:
    connector, stream = source(tmp_path), Stream.from_json(DECLARED)
    (landing,) = connector.fetch(stream, None)
    once, twice = list(connector.read(stream, landing)), list(connector.read(stream, landing))
    assert once == twice
    assert isinstance(once[0], RawDocument)
    assert once[0].version == "2026-11-01T15:30:00.000000Z"
    assert list(connector.keys(stream)) == ["1", "2"]


def test_the_test_button_counts_the_tables(oms: Any, tmp_path: Path) -> None:
    assert "oms_order_lines (4), oms_orders (2)" in source(tmp_path).test()
