"""Steps that hold stock, send it out and take it back: called by verbs of the desk inside their transaction and under their locks.

Quantities and values are store integers. ``typed`` is the document that a row is written for, ``product`` the row that stands for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.catalog.models import Product
from ordertrail.lib import bulk, clock
from ordertrail.lib.money import QTY_SCALE, qty_text
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.stock.costing import Entry, book
from ordertrail.stock.models import Move, MoveKind, Reservation
from ordertrail.stock.queries import free, held_by
from ordertrail.stock.reading import adjusted, company_digits
from ordertrail.stock.rules import piece_back, to_end

RESERVATION = ("order_line", "order", "product", "typed", "qty", "at", "by", "ended_by")


@dataclass(frozen=True, slots=True)
class Issue:
    """Goods to go out on a shipment line (``line``) of a shipment (``document``), for an order line."""

    product: int
    typed: int
    qty: int
    document: int
    line: int
    order_line: int | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """Goods that come back on a return's line, for an order line; ``shipment``: out of this one, else out of the latest first."""

    order_line: int
    product: int
    typed: int
    qty: int
    document: int
    line: int
    shipment: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A quantity to be held for an order line."""

    line: int
    order: int
    product: int
    typed: int
    qty: int


def reserve(line_id: int, order: int, product: int, typed: int, qty: int, by: Person | None) -> int:
    """Hold ``qty`` for an order line, and return the reservation's id; whoever calls has seen that it is free."""
    hold_all([Hold(line_id, order, product, typed, qty)], by)
    return Reservation.objects.filter(order_line=line_id).latest("pk").pk


def hold_all(holds: Iterable[Hold], by: Person | None) -> None:
    """Hold many at once."""
    at, who = clock.now(), by.pk if by else None
    rows = [(hold.line, hold.order, hold.product, hold.typed, hold.qty, at, who, "") for hold in holds]
    bulk.insert(Reservation, RESERVATION, rows)


def release(lines: Collection[int] | Mapping[int, int], why: str) -> set[int]:
    """End what is held for these order lines, all or (line → quantity) so much of it, the newest first; returns the products.

    Of a row that ends in part the rest is written anew: no row is ever changed.
    """
    rows = Reservation.objects.filter(order_line__in=list(lines), ended_at=None).order_by("-pk")
    by_line: dict[int, dict[int, Reservation]] = defaultdict(dict)
    for row in rows:
        by_line[row.order_line_id][row.pk] = row
    now = clock.now()
    ended: list[tuple[Any, ...]] = []
    rest: list[tuple[Any, ...]] = []
    products = set()
    for line, held in by_line.items():
        units = {pk: int(row.qty * QTY_SCALE) for pk, row in held.items()}
        asked = lines[line] if isinstance(lines, Mapping) else sum(units.values())
        for pk, part in to_end(asked, units.items()):
            row = held[pk]
            ended.append((pk, now, why))
            products.add(row.product_id)
            if part < units[pk]:
                rest.append((line, row.order, row.product_id, row.typed, units[pk] - part, row.at, row.by, ""))
    bulk.update(Reservation, ("id", "ended_at", "ended_by"), ended)
    bulk.insert(Reservation, RESERVATION, rest)
    return products


def end(reservation: int, why: str) -> None:
    """End one reservation."""
    bulk.update(Reservation, ("id", "ended_at", "ended_by"), [(reservation, clock.now(), why)])


def issue(picks: Sequence[Issue], *, day: date, at: datetime, by: Person | None) -> None:
    """Send goods out: each line takes what is held for it and then free stock only; what was held for it ends.

    Refused("short_stock") where there is less, unless the product may be negative.
    """
    asked: dict[int, int] = defaultdict(int)
    products: dict[int, set[int]] = defaultdict(set)
    for pick in picks:
        products[pick.product].add(pick.order_line or 0)
        if pick.order_line is not None:
            asked[pick.order_line] += pick.qty
    held = held_by(asked)
    own = {line: min(held.get(line, 0), qty) for line, qty in asked.items()}
    there = free(products)
    strict = {
        pk: sku
        for pk, sku, loose in Product.objects.filter(pk__in=list(products)).values_list("pk", "sku", "allow_negative")
        if not loose
    }
    for product in sorted(strict):
        needed = sum(pick.qty for pick in picks if pick.product == product)
        mine = sum(own.get(line, 0) for line in products[product])
        check_there(strict[product], needed, mine, there[product])
    release({line: qty for line, qty in own.items() if qty}, "shipped")
    entries = [
        Entry(p.product, p.typed, MoveKind.SHIPMENT, -p.qty, document=p.document, line=p.line, order_line=p.order_line)
        for p in picks
    ]
    book(entries, day=day, at=at, by=by.pk if by else None)


def check_there(sku: str, needed: int, mine: int, free_qty: int) -> None:
    """Refused("short_stock") where more is needed than what is held for it and what is free."""
    if needed <= mine + free_qty:
        return
    words = {
        "sku": sku,
        "needed": qty_text(needed),
        "mine": qty_text(mine),
        "free": qty_text(free_qty),
        "most": qty_text(max(mine + free_qty, 0)),
    }
    sentence = (
        _(
            "Of %(sku)s %(needed)s are asked for; %(mine)s are held for it and %(free)s are free. Take at most %(most)s, or receive"
            " goods first."
        )
        % words
    )
    raise Refused("short_stock", sentence, [{"path": "lines", "code": "short_stock", "detail": sentence}])


def unship(shipment_line_ids: Collection[int], *, day: date, by: Person | None) -> set[int]:
    """Bring the goods of these shipment lines back at their cost, as far as they have not come back before; returns the products."""
    entries = [
        replace(gone.back(gone.left), kind=MoveKind.UNSHIP, document=gone.document, line=gone.line)
        for gone in _gone("line", shipment_line_ids)
        if gone.left > 0
    ]
    book(entries, day=day, at=clock.now(), by=by.pk if by else None)
    return {entry.product for entry in entries}


def take_back(returns: Sequence[Back], *, day: date, by: Person | None) -> set[int]:
    """Take goods back from customers at the cost at which they went: of the shipment that is named, else of the latest one first. What
    never went out of our stock comes in at the current cost. Returns the products."""
    gone = _gone("order_line", {back.order_line for back in returns})[::-1]
    entries: list[Entry] = []
    for back in returns:
        left = back.qty
        for one in gone:
            if (
                one.order_line != back.order_line
                or back.shipment not in (None, one.document)
                or not (left and one.left)
            ):
                continue
            part = min(left, one.left)
            entries.append(replace(one.back(part), document=back.document, line=back.line))
            left -= part
        if left:
            entries.append(
                Entry(
                    back.product,
                    back.typed,
                    MoveKind.RETURN,
                    left,
                    document=back.document,
                    line=back.line,
                    order_line=back.order_line,
                )
            )
    book(entries, day=day, at=clock.now(), by=by.pk if by else None)
    return {entry.product for entry in entries}


@dataclass(slots=True)
class _Gone:
    """An issue, and what of it has come back."""

    move: int
    product: int
    typed: int
    document: int | None
    line: int | None
    order_line: int | None
    qty: int
    cost: int
    back_qty: int
    back_value: int

    @property
    def left(self) -> int:
        """What has not come back."""
        return self.qty - self.back_qty

    def back(self, part: int) -> Entry:
        """``part`` of it coming back at its piece of the cost."""
        value = piece_back(self.cost, self.qty, self.back_qty, self.back_value, part, company_digits())
        self.back_qty += part
        self.back_value += value
        return Entry(
            self.product, self.typed, MoveKind.RETURN, part, value=value, order_line=self.order_line, undoes=self.move
        )


def _gone(by: str, ids: Collection[int]) -> list[_Gone]:
    """The issues of these shipment lines or order lines, in the order of their days."""
    moves = bulk.table(Move)
    rows = bulk.select(
        f"SELECT m.id, m.product_id, m.typed, m.document, m.line, m.order_line, -m.qty, -(m.value + {adjusted('m.id')}),"
        f" COALESCE((SELECT SUM(b.qty) FROM {moves} b WHERE b.undoes_id = m.id), 0),"
        f" COALESCE((SELECT SUM(b.value + {adjusted('b.id')}) FROM {moves} b WHERE b.undoes_id = m.id), 0) FROM {moves} m"
        f" WHERE m.kind = 'shipment' AND m.{by} IN {bulk.among()} ORDER BY m.move_date, m.id",
        [bulk.bound(ids)],
    )
    return [_Gone(*row[:6], *map(int, row[6:])) for row in rows]
