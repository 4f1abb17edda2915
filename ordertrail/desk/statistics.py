"""Revenue, cost and profit by what happened: each event belongs to its day, and no day is ever counted otherwise later.

Basis *shipped*: goods out, back and un-shipped, at their piece of the line's net, those of other systems' orders at a cost unknown;
*ordered*: confirmed orders at their planned cost; *invoiced*: posted invoices and credit notes at the cost of the line's shipments;
*paid*: what came in on them (domain.md §1.6, §1.10). What a back-dated receipt changes in the cost of goods stands on the day on
which it was learned. Store integers, company currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ordertrail.desk.billed_events import billed_events, paid_events
from ordertrail.desk.exchange import Exchange
from ordertrail.lib import bulk
from ordertrail.orders.queries import only_for
from ordertrail.stock.reading import company_digits

KEYS = {
    "product": "p.sku",
    "order": "COALESCE(NULLIF(o.number, ''), CAST(o.id AS text))",
    "category": "p.category",
    "customer": "COALESCE(c.code, NULLIF(o.customer_name, ''), '')",
    "day": "e.day",
}
"""What rows may stand for, and how the events' SQL says it."""
OF_GOODS = ("product", "category", "day")
"""Keys under which losses count too: goods that went to nobody."""


@dataclass(slots=True)
class Sum:
    """Figures of one key. ``revenue`` is empty where a currency has no rate yet, ``cost`` where goods of an order of another system are
    among them: what they cost it does not tell."""

    key: str
    qty: int = 0
    revenue: int | None = 0
    cost: int | None = 0

    def add(self, qty: int, revenue: int | None, cost: int | None) -> None:
        """Count an event, or many together."""
        self.qty += qty
        self.revenue = None if self.revenue is None or revenue is None else self.revenue + revenue
        self.cost = None if self.cost is None or cost is None else self.cost + cost


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events: of these days, of a product, of a customer's orders (ids), of what ``person`` may see."""

    begin: date
    end: date
    product: int | None = None
    customers: tuple[int, ...] | None = None
    person: object = None

    @property
    def everything(self) -> bool:
        """Whether goods that belong to no order are among them."""
        return self.customers is None and only_for(self.person) is None


def profit(by: str, basis: str, asked: Asked) -> tuple[list[Sum], Sum]:
    """A row for each key, and all together. ``by`` is one of ``KEYS``; ``basis`` shipped, ordered, invoiced or paid."""
    exchange = Exchange()
    sums: dict[str, Sum] = {}
    total = Sum("")
    for key, day, currency, qty, revenue, cost in _events(by, basis, asked):
        name = str(key or "")
        told = exchange.company(revenue, currency, day)
        for one in (sums.setdefault(name, Sum(name)), total):
            one.add(qty, told, cost)
    return sorted(sums.values(), key=lambda one: one.key), total


Event = tuple[Any, date, str, int, int, int | None]
"""(key, day, currency of the revenue, quantity, revenue, cost)."""


def _events(by: str, basis: str, asked: Asked) -> Iterable[Event]:
    losses = asked.everything and by in OF_GOODS
    parts: list[str] = []
    if basis == "ordered":
        parts = [_ORDERED]
    elif basis == "shipped":
        parts = [_SHIPPED, _ADJUSTED.replace("{loss}", ", 'loss'" if losses else ""), _MIRRORED]
    else:
        yield from _keyed(by, billed_events(asked) if basis == "invoiced" else paid_events(asked))
    if losses:
        parts.append(_LOSSES)
    if parts:
        words = {"of_product": _of_product("m", asked), "of_line": _of_product("l", asked), "digits": company_digits()}
        yield from _select(by, " UNION ALL ".join(parts).format(**words), _days(asked) * len(parts), asked)


_SHIPPED = """
SELECT m.product_id, m.order_line, m.move_date AS day, SUM(-m.qty) AS qty, SUM(-m.value) AS cost, 0 AS whole
FROM stock_move m
WHERE m.kind IN ('shipment', 'unship', 'return') AND m.order_line IS NOT NULL AND m.move_date >= %s AND m.move_date <= %s{of_product}
GROUP BY m.product_id, m.order_line, m.kind, m.line, m.move_date"""
_MIRRORED = """
SELECT l.product_id, l.id AS order_line, d.shipped_date AS day, g.qty, CAST(NULL AS bigint) AS cost, 0 AS whole
FROM shipping_shipmentline g JOIN shipping_shipment d ON d.id = g.shipment_id JOIN orders_orderline l ON l.id = g.order_line_id
LEFT JOIN orders_terms t ON t.order_id = l.order_id
WHERE g.counts AND t.order_id IS NULL AND d.shipped_date >= %s AND d.shipped_date <= %s{of_line}"""
_ADJUSTED = """
SELECT m.product_id, m.order_line, a.adjustment_date, 0, -a.value, 0
FROM stock_costadjustment a JOIN stock_move m ON m.id = a.move_id
WHERE m.kind IN ('shipment', 'unship', 'return'{loss}) AND a.adjustment_date >= %s AND a.adjustment_date <= %s{of_product}"""
_LOSSES = """
SELECT m.product_id, m.order_line, m.move_date AS day, -m.qty AS qty, -m.value AS cost, 0 AS whole
FROM stock_move m
WHERE m.kind = 'loss' AND m.move_date >= %s AND m.move_date <= %s{of_product}"""
_ORDERED = """
SELECT l.product_id, l.id AS order_line, d.order_date AS day, l.qty,
       ot_piece(COALESCE(l.unit_cost, 0), l.qty, 100000000, {digits}) AS cost, 1 AS whole
FROM orders_orderline l JOIN orders_order d ON d.id = l.order_id
WHERE d.state IN ('confirmed', 'closed') AND d.order_date >= %s AND d.order_date <= %s{of_line}"""


def _select(by: str, events: str, values: list[Any], asked: Asked) -> Iterable[Event]:
    """The events, those of one key, day and currency together."""
    conditions, more = "", []
    if asked.customers is not None:
        conditions += f" AND o.customer_id IN {bulk.among()}"
        more.append(bulk.bound(asked.customers))
    names = only_for(asked.person)
    if names is not None:
        conditions += f" AND o.salesperson IN {bulk.among('text')}"
        more.append(bulk.bound(names))
    rows = bulk.select(
        f"SELECT {KEYS[by]}, e.day, COALESCE(o.currency, ''), SUM(e.qty), SUM(CASE WHEN l.id IS NULL OR e.qty = 0 THEN 0"
        " WHEN e.whole = 1 THEN l.net ELSE ot_piece(l.net, e.qty, l.qty, o.digits) END),"
        " CASE WHEN COUNT(e.cost) = COUNT(*) THEN SUM(e.cost) END"
        f" FROM ({events}) e LEFT JOIN catalog_product p ON p.id = e.product_id LEFT JOIN orders_orderline l ON l.id = e.order_line"
        " LEFT JOIN orders_order o ON o.id = l.order_id LEFT JOIN parties_customer c ON c.id = o.customer_id"
        f" WHERE 1 = 1{conditions} GROUP BY {KEYS[by]}, e.day, COALESCE(o.currency, '')",
        [*values, *more],
    )
    for key, day, currency, qty, revenue, cost in rows:
        yield key, date.fromisoformat(str(day)), currency, int(qty), int(revenue), None if cost is None else int(cost)


def _keyed(by: str, found: Iterable[Any]) -> Iterable[Event]:
    for one in found:
        yield one.keys[by], one.day, one.currency, one.qty, one.revenue, one.cost


def _days(asked: Asked) -> list[Any]:
    return [asked.begin.isoformat(), asked.end.isoformat()]


def _of_product(alias: str, asked: Asked) -> str:
    return "" if asked.product is None else f" AND {alias}.product_id = {int(asked.product)}"


def realised(order: int) -> tuple[int, int] | None:
    """Revenue (in the order's currency) and cost of an order on the basis *shipped*, with what was learned later; None where nothing
    of it ever went out of our stock."""
    words = {
        "of_product": " AND m.order_line IN (SELECT l.id FROM orders_orderline l WHERE l.order_id = %s)",
        "loss": "",
    }
    values = ["1000-01-01", "9999-12-31", order]
    rows = bulk.select(
        "SELECT COUNT(*), SUM(CASE WHEN e.qty = 0 THEN 0 ELSE ot_piece(l.net, e.qty, l.qty, o.digits) END), SUM(e.cost)"
        f" FROM ({' UNION ALL '.join((_SHIPPED, _ADJUSTED)).format(**words)}) e JOIN orders_orderline l ON l.id = e.order_line"
        " JOIN orders_order o ON o.id = l.order_id",
        [*values, *values],
    )
    events, revenue, cost = rows[0]
    return (int(revenue), int(cost)) if events else None
