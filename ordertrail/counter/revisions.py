"""How an order was before each of its amendments, and what each changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordertrail.orders.models import LineWas, OrderLine
from ordertrail.parties.models import Person

FIELDS = ("sku", "qty", "price")


@dataclass(frozen=True, slots=True)
class Added:
    """What a line began with that an amendment added: its quantity, and its price in the order's currency."""

    qty: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of one line: how it was and what it became. A line that was added is told once, by its ``sku``."""

    line: int
    field: str
    was: str | Decimal | None
    now: str | Decimal | None
    added: Added | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One amendment: the number that the order has since, when, who, why and what."""

    number: int
    at: datetime
    by: str
    reason: str
    changes: tuple[Changed, ...]


def revisions(order: int) -> list[Revision]:
    """The amendments of an order, the latest first."""
    after: dict[int, Any] = {line.pk: line for line in OrderLine.objects.filter(order=order)}
    numbers = {pk: line.line for pk, line in after.items()}
    rows = list(LineWas.objects.filter(line__order=order).order_by("-revision", "line"))
    people = {who.pk: str(who) for who in Person.objects.filter(pk__in={row.by for row in rows if row.by})}
    told: dict[int, list[Changed]] = {}
    heads: dict[int, LineWas] = {}
    for row in rows:
        told.setdefault(row.revision, []).extend(_changes(numbers[row.line_id], row, after[row.line_id]))
        heads.setdefault(row.revision, row)
        after[row.line_id] = row
    return [
        Revision(number + 1, row.at, people.get(row.by or 0, ""), row.reason, tuple(told[number]))
        for number, row in heads.items()
    ]


def _changes(line: int, was: LineWas, now: Any) -> Iterator[Changed]:
    if not was.sku and not was.qty:  # it was not there
        yield Changed(line, "sku", "", now.sku, Added(now.qty, now.price))
        return
    for name in FIELDS:
        if getattr(was, name) != getattr(now, name):
            yield Changed(line, name, getattr(was, name), getattr(now, name))
