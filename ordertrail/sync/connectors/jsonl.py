"""Documents as lines of JSON, exact both ways: a number keeps its digits, a day stays a day.

One line is ``{"row": {…}, "lines": [{…}]}``. JSON has no decimals, days or instants, so these are written as
``{"decimal": "12.50"}``, ``{"date": "2026-11-01"}`` and ``{"time": "2026-11-01T08:00:00"}``. A float of the source is
written as the shortest number that means it, and read back as the ``Decimal`` of these digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from ordertrail.sync.connectors.base import Value

MEDIA = "application/jsonl"

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_READ: dict[str, Callable[[str], Value]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": datetime.fromisoformat,
}


def write(document: Any) -> bytes:
    """One document as a line, without the line end."""
    return orjson.dumps(document, default=_tagged, option=_OPTIONS)


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return plain_bytes(bytes(value))
    if isinstance(value, (time, timedelta)):
        return str(value)
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"a cell of type {type(value).__name__} cannot be landed")


def plain_bytes(value: bytes) -> str:
    """Bytes of a binary column as text: as UTF-8 where they are, else in hexadecimal."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "0x" + value.hex()


def cell(value: Any) -> Any:
    """A value of a database driver as ``write`` takes it: structures as JSON text, floats that JSON cannot hold as
    text.
    """
    if isinstance(value, float):
        return value if value - value == 0 else Decimal(repr(value))
    if isinstance(value, (dict, list, tuple)):
        return orjson.dumps(value, default=str).decode()
    return value


def read(line: bytes) -> tuple[dict[str, Value], list[dict[str, Value]], dict[str, Any]]:
    """A line's row, its lines, and the whole object, with every tagged value as it was."""
    whole = orjson.loads(line)
    row = whole["row"]
    _untag(row)
    lines = whole.get("lines") or []
    for one in lines:
        _untag(one)
    return row, lines, whole


def _untag(row: dict[str, Any]) -> None:
    for column, value in row.items():
        kind = type(value)
        if kind is float:
            row[column] = Decimal(repr(value))
        elif kind is dict:
            ((word, text),) = value.items()
            row[column] = _READ[word](text)


def numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of ``body`` that hold something, with their numbers from 1."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if line:
            yield number, line


def body(lines: Iterable[bytes]) -> bytes:
    """Lines put together as a landing's body."""
    return b"\n".join(lines) + b"\n"
