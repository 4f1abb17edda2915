"""Orders put together on one document: what must be alike, the lines that go together, those that do not and which field differs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ordertrail.lib.money import QTY_SCALE, from_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderLine
from ordertrail.orders.standing import LineStanding
from ordertrail.till.scope import BY_ID
from ordertrail.till.typed import quantity, shown

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Named:
    """An order as these pages write it: what it is called, and its page."""

    id: int
    name: str

    @property
    def href(self) -> str:
        """The order's page."""
        return reverse("track:order", args=[f"{BY_ID}{self.id}"])


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can go along: how much of it may, how much somebody wants, and whether it is chosen. ``there``: what the shelves
    have for it; None where that is not asked."""

    id: int
    place: int
    sku: str
    name: str
    left: Decimal
    typed: str
    on: bool
    price: Decimal | None
    amount: Decimal
    there: Decimal | None = None

    @property
    def short(self) -> bool:
        """Whether less is there than may go."""
        return self.there is not None and self.there < self.left

    @property
    def rest(self) -> Decimal | None:
        """What stays behind; None while no quantity stands there."""
        try:
            return self.left - (from_units(quantity(self.typed, ""), QTY_SCALE) if self.on else ZERO)
        except Refused:
            return None


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one order that go along."""

    order: Named
    rows: tuple[Row, ...]

    @property
    def amount(self) -> Decimal:
        """What all of them come to before tax."""
        return sum((row.amount for row in self.rows), ZERO)


@dataclass(frozen=True, slots=True)
class Left:
    """A line, or (``place`` None) an order, that does not go along: why, what differs, and the way out; ``apart``: on another document
    it would go at once."""

    order: Named
    place: int | None
    name: str
    qty: Decimal | None
    why: str
    detail: str
    way: str
    href: str
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """What a page shows before anything is made."""

    orders: tuple[int, ...]
    agreed: tuple[tuple[Promise | str, str], ...]
    groups: tuple[Group, ...]
    left: tuple[Left, ...]

    @property
    def rows(self) -> list[Row]:
        """Every line that can go along."""
        return [row for group in self.groups for row in group.rows]

    @property
    def lines(self) -> int:
        """How many lines can go along."""
        return len(self.rows)

    @property
    def amount(self) -> Decimal:
        """What everything that can go along comes to before tax."""
        return sum((group.amount for group in self.groups), ZERO)

    @property
    def apart(self) -> bool:
        """Whether some of the orders go on another document, by a field that differs."""
        return any(one.apart for one in self.left)


ORDERS = "orders"
"""The field of an address that names orders."""


def with_orders(view_name: str, orders: Iterable[int], **more: str) -> str:
    """The address of a page over these orders."""
    told = [(ORDERS, f"{BY_ID}{order}") for order in orders]
    return f"{reverse(view_name)}?{urlencode([*told, *more.items()])}"


def chosen(form: QueryDict) -> Callable[[int, Decimal], tuple[str, bool]]:
    """What was typed for a line and whether it is ticked; before anything is sent, everything that is left."""
    sent = form.getlist("line") if "sent" in form else None

    def told(line: int, left: Decimal) -> tuple[str, bool]:
        return form.get(f"qty-{line}", shown(left)), sent is None or str(line) in sent

    return told


def wanted(rows: Iterable[Row]) -> dict[int, int]:
    """The quantities of the lines that are ticked, by line id. Refused("wrong_value") where one is none, or nothing is chosen."""
    found = {}
    for row in rows:
        if row.on and (qty := quantity(row.typed, f"{row.name} ({row.place})")):
            found[row.id] = qty
    if not found:
        raise Refused("wrong_value", _("Nothing is chosen. Tick a line and give a quantity above 0."))
    return found


Told = Callable[[int, Decimal], tuple[str, bool]]
Amount = Callable[[LineStanding, int], Decimal]


def rows_of(
    lines: Sequence[tuple[LineStanding, int]],
    told: Told,
    amount: Amount,
    there: Mapping[int, Decimal] | None = None,
) -> Iterator[Row]:
    """Rows of these lines, each with how much of it may go along."""
    texts = {row.pk: row for row in OrderLine.objects.filter(pk__in=[line.id for line, _left in lines])}
    for line, may in lines:
        left = from_units(may, QTY_SCALE)
        typed, on = told(line.id, left)
        text = texts[line.id]
        name = text.name or line.sku
        place = None if there is None else there[line.id]
        yield Row(line.id, line.line, line.sku, name, left, typed, on, text.price, amount(line, may), place)


def by_key(orders: Mapping[int, Hashable]) -> list[list[int]]:
    """The orders that are alike, the first named first."""
    found: dict[Hashable, list[int]] = {}
    for order, key in orders.items():
        found.setdefault(key, []).append(order)
    return list(found.values())
