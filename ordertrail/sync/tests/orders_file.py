"""A file of orders as tests send it, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import OrderRecord, Problem
from ordertrail.sync.connectors.files import Connector
from ordertrail.sync.mapping import Stream, to_records

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = "单号,日期,客户,货号,数量,单价"
NAMES = HEADER.split(",")
GOOD = [
    "SO-1,2026-11-01,远帆船舶,LAMP,10,12.50",
    "SO-1,2026-11-01,远帆船舶,CORD,4,0.99",
    "SO-2,2026-11-02,Ada,LAMP,1,12.50",
]
ROWS: list[list[Any]] = [
    NAMES,
    ["SO-1", date(2026, 11, 1), "远帆船舶", "LAMP", 10, 12.5],
    ["SO-1", date(2026, 11, 1), "远帆船舶", "CORD", 4, 0.99],
    ["SO-2", date(2026, 11, 2), "Ada", "LAMP", 1, 12.5],
]
DECLARED: dict[str, Any] = {
    "kind": "order",
    "from": "*",
    "key": "单号",
    "lines": {"rows": True},
    "fields": {"order_date": "日期", "customer_name": "客户", "currency": {"value": "CNY"}},
    "line_fields": {"sku": "货号", "qty": "数量", "price": "单价"},
}


@dataclass
class Read:
    """What became of a file."""

    orders: dict[str, OrderRecord] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    refused: Refused | None = None


def read(body: bytes, name: str = "orders.csv", stream: dict[str, Any] | None = None, **settings: Any) -> Read:
    """Read an uploaded file as the sync would."""
    connector = Connector(settings, {}, SHANGHAI)
    declared = Stream.from_json({**DECLARED, **(stream or {})}, settings)
    found = Read()
    try:
        for record in to_records(
            declared, connector.read(declared, connector.landing(name, body)), SHANGHAI, notes=connector.notes
        ):
            if isinstance(record, Problem):
                found.problems.append(record)
            else:
                assert isinstance(record, OrderRecord)
                found.orders[record.ref] = record
    except Refused as refused:
        found.refused = refused
    found.notes = {note.code: note.count for note in connector.notes}
    return found


def text(*lines: str, end: str = "\n", encoding: str = "utf-8") -> bytes:
    return (end.join([HEADER, *lines]) + end).encode(encoding)


ENGLISH = b"order,date,customer,sku,qty,price\n"
FLOOD = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + b"IHDR" + (50_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0" + bytes(4_000)
"""The beginning of a PNG that unpacks to 7.5 GB."""
DRAWING = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
Build = Callable[[], bytes]
SLOW = ("F36", "F38 100,000")
"""Files that take seconds to make."""


def cases(table: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The rows of a table as parameters of a test, called by their first cell."""
    return [
        pytest.param(*row[1:], id=row[0], marks=[pytest.mark.slow] if row[0].startswith(SLOW) else []) for row in table
    ]
