"""Adjust: goods that were lost or found, went back to the supplier, or were there when the books began."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from ordertrail.catalog.models import Product
from ordertrail.desk.queue import serve
from ordertrail.desk.step import hold, step
from ordertrail.lib import bulk, clock
from ordertrail.orders.models import OrderLine, Terms
from ordertrail.parties.models import Person
from ordertrail.stock.actions import check_there, release
from ordertrail.stock.costing import Entry, book
from ordertrail.stock.models import MoveKind, Reservation
from ordertrail.stock.queries import free, on_hand


@dataclass(frozen=True, slots=True)
class Part:
    """A product and the quantity (10⁻⁶, with its sign) by which its stock is another; ``unit_cost`` (10⁻⁶) of what came in."""

    product: int
    qty: int
    unit_cost: int | None = None


def adjust(by: Person, *, reason: str, day: date, lines: Sequence[Part]) -> list[int]:
    """Book these differences of ``day``; ``reason`` is one of MoveKind's loss, found, supplier_return, opening. Returns the moves.

    What is lost was nobody's any more: if less is left than is held, the last in the queue lose theirs. To the supplier goes free stock
    only. Refused("short_stock") where there is less, unless the product may be negative.
    """
    with step(by, "adjust") as s:
        products = sorted({part.product for part in lines})
        hold("product", products)
        _check(reason, lines, products)
        entries = [Entry(part.product, part.product, reason, part.qty, part.unit_cost) for part in lines]
        book(entries, day=day, at=clock.now(), by=by.pk)
        for product in products:
            s.act(
                "product",
                product,
                reason=reason,
                day=day.isoformat(),
                qty=sum(p.qty for p in lines if p.product == product),
            )
        _give_up(products)
        serve(s, products)
    return [entry.move for entry in entries]


def _check(reason: str, lines: Sequence[Part], products: Sequence[int]) -> None:
    there = free(products) if reason == MoveKind.SUPPLIER_RETURN else on_hand(products)
    for product in Product.objects.filter(pk__in=products, allow_negative=False).order_by("pk"):
        change = sum(part.qty for part in lines if part.product == product.pk)
        if change < 0:
            check_there(product.sku, -change, 0, there[product.pk])


def _give_up(products: Collection[int]) -> None:
    """End reservations that nothing stands behind any more, the last in the queue first."""
    lacking = {product: -qty for product, qty in free(products).items() if qty < 0}
    loose = set(Product.objects.filter(pk__in=list(lacking), allow_negative=True).values_list("pk", flat=True))
    for product in sorted(set(lacking) - loose):
        rows = bulk.select(
            f"SELECT r.order_line_id, SUM(r.qty) FROM {bulk.table(Reservation)} r"
            f" JOIN {bulk.table(OrderLine)} l ON l.id = r.order_line_id LEFT JOIN {bulk.table(Terms)} t ON t.order_id = r.order_id"
            " WHERE r.product_id = %s AND r.ended_at IS NULL GROUP BY r.order_line_id, t.place, l.line"
            " ORDER BY t.place DESC, l.line DESC",
            [product],
        )
        ended = {}
        for line, qty in rows:
            ended[line] = min(int(qty), lacking[product])
            lacking[product] -= ended[line]
            if not lacking[product]:
                break
        release(ended, "lost")
