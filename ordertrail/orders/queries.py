"""Reading orders: which of them somebody may see, and the lines that other documents point at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.orders.models import Order, OrderLine, OrderStatus


def only_for(person: object) -> list[str] | None:
    """The salesperson's names whose orders are all that ``person`` may see: their own, when they are limited to their
    own customers; None when they see every order. Somebody who is no person sees none."""
    if not getattr(person, "is_authenticated", False):
        return []
    if not getattr(person, "own_customers_only", False):
        return None
    names = (str(getattr(person, name, "")) for name in ("username", "display_name"))
    return sorted({name for name in names if name})


def visible_orders(person: object) -> QuerySet[Order]:
    """The orders that ``person`` may see (architecture.md §5, scope of rows)."""
    names = only_for(person)
    return Order.objects.all() if names is None else Order.objects.filter(salesperson__in=names)


def visible_statuses(person: object) -> QuerySet[OrderStatus]:
    """The status rows of the orders that ``person`` may see: what lists, queues, totals and search read."""
    names = only_for(person)
    return OrderStatus.objects.all() if names is None else OrderStatus.objects.filter(salesperson__in=names)


def currencies(orders: Iterable[int]) -> dict[int, str]:
    """The currency (ISO 4217) of each of these orders, by id."""
    sql = f"SELECT id, currency FROM {bulk.table(Order)} WHERE id IN {bulk.among()}"
    return dict(bulk.select(sql, [bulk.bound(orders)]))


@dataclass(frozen=True, slots=True)
class LineKey:
    """What a line is known by, and its amounts in store units."""

    id: int
    order: int
    line: int
    ref: str
    sku: str
    qty: int
    net: int
    tax_rate: int
    gross: int


class LineFinder:
    """Which line of an order another document means: by its ref, then by SKU and place among lines of that SKU."""

    def __init__(self, orders: Iterable[int]) -> None:
        self.lines: dict[int, list[LineKey]] = defaultdict(list)
        rows = bulk.select(
            f"SELECT id, order_id, line, ref, sku, qty, net, tax_rate, gross FROM {bulk.table(OrderLine)}"
            f" WHERE order_id IN {bulk.among()} ORDER BY id",
            [bulk.bound(set(orders))],
        )
        for row in rows:
            self.lines[row[1]].append(LineKey(*row))
        self.currency: dict[int, str] = dict(
            bulk.select(
                f"SELECT id, currency FROM {bulk.table(Order)} WHERE id IN {bulk.among()}", [bulk.bound(set(orders))]
            )
        )

    def find(self, order: int | None, ref: str, sku: str, place: int = 0) -> LineKey | None:
        """The line of ``order`` named ``ref`` (its SKU must not contradict), else the ``place``-th line of ``sku``, or the only one."""
        if order is None:
            return None
        lines = self.lines.get(order, [])
        wanted = number_key(sku)
        if ref:
            named = [line for line in lines if line.ref == ref and (not wanted or number_key(line.sku) == wanted)]
            if len(named) == 1:
                return named[0]
        alike = [line for line in lines if number_key(line.sku) == wanted] if wanted else lines
        if not wanted and len(alike) != 1:
            return None
        return alike[min(place, len(alike) - 1)] if alike else None
