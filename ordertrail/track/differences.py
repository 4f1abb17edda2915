"""What changed between two versions of a record: pure, line by line, so that a person sees the field and both values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Plain = str | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed: ``name`` as in ``records.shapes``, ``line`` the ref of the line that it belongs to ("" for the
    document itself). A value is None where the field, or the whole line, was not there."""

    name: str
    line: str
    before: Plain
    after: Plain


def flat(record: object, *, hidden: frozenset[str] = frozenset()) -> dict[tuple[str, str], Plain]:
    """The told fields of a record by (line ref, field name); what is empty, or its default, is left out.

    ``hidden`` fields are left out too (cost, for who may not see it).
    """
    found: dict[tuple[str, str], Plain] = {}
    for name, value in _told(record, hidden):
        if isinstance(value, tuple) and value and is_dataclass(value[0]) and hasattr(value[0], "ref"):
            for line in value:
                found |= {(line.ref, inner): _plain(told) for inner, told in _told(line, hidden) if inner != "ref"}
        else:
            found["", name] = _plain(value)
    return found


def _told(record: Any, hidden: frozenset[str]) -> list[tuple[str, Any]]:
    pairs = ((f.name, getattr(record, f.name)) for f in fields(record) if f.name not in hidden)
    return [(name, value) for name, value in pairs if value not in (None, "", (), False)]


def _plain(value: Any) -> Plain:
    """A value as one thing to show: tuples of texts and of small records become one text."""
    if isinstance(value, tuple):
        return ", ".join(_text(part) for part in value)
    return value  # type: ignore[no-any-return]


def _text(part: Any) -> str:
    if not is_dataclass(part):
        return str(part)
    told = (getattr(part, f.name) for f in fields(part))
    return " ".join(str(value) for value in told if value not in (None, ""))


def differences(before: object, after: object, *, hidden: frozenset[str] = frozenset()) -> list[Difference]:
    """What changed from ``before`` to ``after`` (two records of one kind), the document's own fields first, then by line.

    >>> from ordertrail.records.shapes import OrderLineRecord, OrderRecord
    >>> one = OrderRecord("1", "SO-1", lines=(OrderLineRecord("1", "LAMP", Decimal(10)),))
    >>> two = OrderRecord("1", "SO-1", remark="soon", lines=(OrderLineRecord("1", "LAMP", Decimal(8)),))
    >>> for found in differences(one, two): print(found.line or "-", found.name, found.before, found.after)
    - remark None soon
    1 qty 10 8
    """
    old, new = flat(before, hidden=hidden), flat(after, hidden=hidden)
    return compared(old, new)


def compared(old: Mapping[tuple[str, str], Plain], new: Mapping[tuple[str, str], Plain]) -> list[Difference]:
    """What differs between two flat records; the time of a change is no change."""
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Difference(name, line, old.get((line, name)), new.get((line, name)))
        for line, name in sorted(keys, key=lambda key: (key[0] != "", key[0]))
        if name != "changed_at" and old.get((line, name)) != new.get((line, name))
    ]
