"""What a mapping asks of a file's columns, for readers that look at whole columns before they read one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ordertrail.records import shapes
from ordertrail.sync.spec import LINES, Spec, field_kinds
from ordertrail.sync.stream import Stream


@dataclass(frozen=True, slots=True)
class Wanted:
    """Columns of one file, by what they hold. ``numbers`` and ``days``: those whose writing the mapping does not say;
    ``codes``: numbers of documents and products; ``head``: what stands on documents, not on their lines."""

    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


def wanted(stream: Stream, *, lines: bool = False) -> Wanted:
    """The columns that ``stream`` asks of its documents' file, or of its ``lines``' file."""
    rows = stream.lines is not None and stream.lines.rows
    found = [] if lines and not rows else list(_kinds(shapes.RECORDS[stream.kind], stream.fields))
    if stream.kind in LINES and (lines or rows):
        found += _kinds(LINES[stream.kind][1], stream.line_fields)
    numbers = [spec.column for kind, spec in found if kind == "number" and not spec.reading.decimal]
    days = [
        spec.column
        for kind, spec in found
        if kind in ("day", "moment", "instant") and not (spec.reading.dates or spec.reading.date_order)
    ]
    codes = [spec.column for kind, spec in found if kind == "code" and not (spec.digits or spec.regex)]
    keys = [stream.key.column] if not lines and not (stream.key.digits or stream.key.regex) else []
    heads = [stream.key.column, *(spec.column for specs in stream.fields.values() for spec in specs if spec.column)]
    return Wanted(_each(numbers), _each(days), _each([*keys, *codes]), _each([] if lines else heads))


def _kinds(record: type[Any], fields: Mapping[str, tuple[Spec, ...]]) -> Iterator[tuple[str, Spec]]:
    kinds = field_kinds(record)
    for name, specs in fields.items():
        yield from ((kinds[name], spec) for spec in specs if spec.column and spec.map is None)


def _each(columns: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(columns))
