"""Records as JSON and back: what a ``SourceVersion`` keeps.

Fields that have their default value are left out, so that a new field of a record changes no stored text and no digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import orjson

from ordertrail.records.shapes import RECORDS, Record

_NONE = object()


@cache
def _plan(shape: Any) -> tuple[tuple[str, Any], ...]:
    """Name and default of each field of ``shape`` but ``changed_at``: a touched document with the same content is unchanged."""
    return tuple(
        (f.name, _NONE if f.default is MISSING else f.default) for f in fields(shape) if f.name != "changed_at"
    )


def _pairs(record: Any) -> dict[str, Any]:
    told = {}
    for name, default in _plan(cast("Any", type(record))):
        value = getattr(record, name)
        if value is not default and value != default:
            told[name] = value
    return told


def _plain(value: Any) -> Any:
    """What JSON has no word for: decimals as text, nested records as objects."""
    return str(value) if isinstance(value, Decimal) else _pairs(value)


def dump(record: Record) -> str:
    """The facts of ``record`` as JSON text; the same record always gives the same text."""
    return orjson.dumps(
        _pairs(record), default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_SORT_KEYS
    ).decode()


def digest(facts: str) -> int:
    """A 63-bit fingerprint of facts, to tell "changed" from "unchanged" without reading the stored text."""
    return int.from_bytes(hashlib.blake2b(facts.encode(), digest_size=8).digest()) >> 1


def load(kind: str, facts: str) -> Record:
    """The record that ``facts`` of a document of ``kind`` tell."""
    record: Record = _reader(cast("Any", RECORDS[kind]))(orjson.loads(facts))
    return record


def _moment(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _value_reader(hint: Any) -> Callable[[Any], Any] | None:
    """How a JSON value becomes a value of type ``hint``; None when it is one already."""
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return _moment if len(kinds) > 1 else _value_reader(kinds[0])
    if get_origin(hint) is tuple:
        inner = _value_reader(get_args(hint)[0])
        return (lambda values: tuple(map(inner, values))) if inner else tuple
    simple: dict[Any, Callable[[Any], Any]] = {
        Decimal: Decimal,
        date: date.fromisoformat,
        datetime: datetime.fromisoformat,
    }
    return simple.get(hint) or (_reader(hint) if hasattr(hint, "__dataclass_fields__") else None)


@cache
def _reader(shape: Any) -> Callable[[dict[str, Any]], Any]:
    """A function from a JSON object to a record of ``shape``."""
    hints = get_type_hints(shape)
    turns = {name: turn for name, _ in _plan(shape) if (turn := _value_reader(hints[name]))}

    def read(told: dict[str, Any]) -> Any:
        return shape(**{name: turns[name](value) if name in turns else value for name, value in told.items()})

    return read
