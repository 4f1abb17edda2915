"""Reading orders: which of them somebody may see, and the lines that other documents point at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

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
    cancelled: int
    net: int
    tax_rate: int
    gross: int


class LineFinder:
    """The lines of orders, and which of them another document may mean: by its ref, else all lines of its SKU."""

    def __init__(self, orders: Iterable[int]) -> None:
        self.lines: dict[int, list[LineKey]] = defaultdict(list)
        rows = bulk.select(
            f"SELECT id, order_id, line, ref, sku, qty, cancelled_qty, net, tax_rate, gross FROM {bulk.table(OrderLine)}"
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

    @cached_property
    def twins(self) -> set[int]:
        """The orders that have several lines of one SKU."""
        return _twins((order, line.sku) for order, lines in self.lines.items() for line in lines)

    def alike(self, order: int | None, ref: str, sku: str) -> list[LineKey]:
        """The line of ``order`` named ``ref`` (its SKU must not contradict), else every line of ``sku``; without a SKU the only one."""
        lines = self.lines.get(order, []) if order is not None else []
        wanted = number_key(sku)
        if ref:
            named = [line for line in lines if line.ref == ref and (not wanted or number_key(line.sku) == wanted)]
            if len(named) == 1:
                return named
        if wanted:
            return [line for line in lines if number_key(line.sku) == wanted]
        return lines if len(lines) == 1 else []

    def find(self, order: int | None, ref: str, sku: str, nth: int = 0) -> LineKey | None:
        """The line that ``ref`` and ``sku`` name; of several lines of that SKU the ``nth``, or the last."""
        alike = self.alike(order, ref, sku)
        return alike[min(nth, len(alike) - 1)] if alike else None


def with_twins(orders: Collection[int]) -> set[int]:
    """Those of these orders that have several lines of one SKU."""
    rows = bulk.select(
        f"SELECT order_id, sku FROM {bulk.table(OrderLine)} WHERE order_id IN {bulk.among()}", [bulk.bound(orders)]
    )
    return _twins(rows) if rows else set()


def _twins(rows: Iterable[tuple[int, str]]) -> set[int]:
    """The orders with several lines of one SKU, out of (order, SKU) of each line."""
    many = Counter((order, key) for order, sku in rows if (key := number_key(sku)))
    return {order for (order, _), times in many.items() if times > 1}
