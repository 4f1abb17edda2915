"""Pages by key: the next page begins after the last row's key, so that the hundredth page costs what the first does.

A cursor is signed: what comes back in an address is a key that we gave out. Rows without a value count as the largest,
on SQLite and PostgreSQL alike; they are asked for in a query of their own, so that a plain index serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from ordertrail.web.filters import Filter, Order

SALT = "ordertrail.cursor"
MADE: dict[str, Callable[[str], Any]] = {
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages around them ("" where there is none). ``stale``: the cursor was not ours."""

    rows: list[Row]
    after: str
    before: str
    stale: bool = False


def encode(order: Order, value: Any, pk: Any) -> str:
    """A cursor: the order that it belongs to and the key of a row."""
    kind = type(value).__name__ if isinstance(value, Decimal | date) else ""
    return signing.dumps([order.key, kind, str(value) if kind else value, pk], salt=SALT)


def decode(order: Order, cursor: str) -> tuple[Any, Any] | None:
    """The key in a cursor; None when it was not given out by us, or for another order of rows."""
    try:
        key, kind, value, pk = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    if key != order.key:
        return None
    made = MADE.get(kind)
    return (made(value) if made else value), pk


Reader = Callable[[Order, "tuple[Any, Any] | None", bool, int], list[Row]]
"""Reads up to so many rows beyond a key (value, id) in an order; the flag turns it round. For tables too large for a queryset."""


def page(rows: QuerySet[Row] | Reader[Row], chosen: Filter, size: int = 50) -> Page[Row]:
    """One page of ``rows`` in the filter's order: one query, two where the column has rows without a value."""
    order = chosen.order
    if order is None:
        raise ValueError("a list that is paged declares its sorts")
    backwards = bool(chosen.before) and not chosen.after
    cursor = chosen.before if backwards else chosen.after
    key = decode(order, cursor) if cursor else None
    found = rows(order, key, backwards, size + 1) if callable(rows) else _rows(rows, order, key, backwards, size + 1)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    first, last = (_cursor(order, found[0]), _cursor(order, found[-1])) if found else ("", "")
    has_next = backwards or more
    has_previous = more if backwards else key is not None
    return Page(found, last if has_next else "", first if has_previous else "", bool(cursor) and key is None)


def _cursor(order: Order, row: Model) -> str:
    value = row
    for part in order.sort.column.split("__"):
        value = getattr(value, part)
    return encode(order, value, row.pk)


def _rows(rows: QuerySet[Row], order: Order, key: tuple[Any, Any] | None, backwards: bool, size: int) -> list[Row]:
    """``size`` rows beyond ``key``, the nearest first."""
    descending = order.descending != backwards
    sign, beyond = ("-", "lt") if descending else ("", "gt")
    column = order.sort.column
    known = rows.filter(**{f"{column}__isnull": False}) if order.sort.nullable else rows
    known = known.order_by(f"{sign}{column}", f"{sign}pk")
    unknown = rows.filter(**{f"{column}__isnull": True}).order_by(f"{sign}pk")
    parts = [known, unknown] if order.sort.nullable else [known]
    if descending:
        parts.reverse()
    if key is not None:
        value, pk = key
        if value is None:
            parts = parts[parts.index(unknown) :] if unknown in parts else parts
            parts[0] = parts[0].filter(**{f"pk__{beyond}": pk})
        else:
            parts = parts[parts.index(known) :]
            step = Q(**{f"{column}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk})
            parts[0] = parts[0].filter(step, **{f"{column}__{beyond}e": value})
    found: list[Row] = []
    for part in parts:
        if len(found) < size:
            found += part[: size - len(found)]
    return found
