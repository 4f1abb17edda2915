"""What was billed and paid as events with their cost: invoiced quantities take the cost of the line's shipments in the order of
shipping (domain.md §1.10, cost). Store integers; revenue in the order's currency, cost in the company's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from ordertrail.billing.rules import line_paid
from ordertrail.catalog.models import Product
from ordertrail.lib import bulk
from ordertrail.lib.money import half_up_div, piece_units
from ordertrail.orders.queries import only_for
from ordertrail.stock.reading import company_digits, unit_cost
from ordertrail.stock.rules import value_of

if TYPE_CHECKING:
    from ordertrail.desk.statistics import Asked


@dataclass(slots=True)
class Billed:
    """One billed line, or a part of it that was paid: what rows it may stand in, its day and figures."""

    line: int
    invoice: int
    order: int
    order_line: int | None
    product: int | None
    keys: dict[str, Any]
    day: date
    currency: str
    digits: int
    qty: int
    revenue: int
    gross: int
    cost: int = 0


def billed_events(asked: Asked) -> Iterator[Billed]:
    """What was posted on these days."""
    sql = (
        "SELECT DISTINCT i.order_id FROM billing_invoice d JOIN billing_invoiceline i ON i.invoice_id = d.id"
        " WHERE d.invoice_date >= %s AND d.invoice_date <= %s AND i.counts AND i.order_id IS NOT NULL"
    )
    rows = bulk.select(sql, [asked.begin.isoformat(), asked.end.isoformat()])
    for one in billed_lines(_visible([row[0] for row in rows], asked)):
        if asked.begin <= one.day <= asked.end and asked.product in (None, one.product):
            yield one


def paid_events(asked: Asked) -> Iterator[Billed]:
    """What was paid on these days of what was billed: each line's part of it."""
    shares = bulk.select(
        "SELECT h.order_id, h.invoice_id, h.amount, d.paid_date FROM billing_payment d"
        " JOIN billing_paymentshare h ON h.payment_id = d.id"
        " WHERE d.paid_date >= %s AND d.paid_date <= %s AND h.counts AND h.invoice_id IS NOT NULL ORDER BY d.paid_date, h.id",
        [asked.begin.isoformat(), asked.end.isoformat()],
    )
    lines: dict[tuple[int, int], list[Billed]] = defaultdict(list)
    for one in billed_lines(_visible({row[0] for row in shares}, asked)):
        lines[one.order, one.invoice].append(one)
    for order, invoice, amount, day in shares:
        there = {one.line: one for one in lines[order, invoice]}
        parts = line_paid(int(amount), [(one.line, one.gross) for one in there.values()], _digits(there))
        for line, part in parts.items():
            one = there[line]
            if asked.product in (None, one.product) and one.gross:
                yield _part(one, part, date.fromisoformat(str(day)))


def _part(one: Billed, paid: int, day: date) -> Billed:
    sign = 1 if one.gross > 0 else -1
    return Billed(
        one.line, one.invoice, one.order, one.order_line, one.product, {**one.keys, "day": day}, day, one.currency, one.digits,
        half_up_div(sign * one.qty * paid, sign * one.gross), piece_units(one.revenue, paid, one.gross, one.digits), paid,
        piece_units(one.cost, paid, one.gross, company_digits()),
    )  # fmt: skip


def _digits(there: dict[int, Billed]) -> int:
    return next((one.digits for one in there.values()), 2)


def billed_lines(orders: Collection[int]) -> list[Billed]:
    """Every billed line of these orders that counts, in the order of posting, with its cost; advances bill no goods."""
    found = [
        Billed(
            line, invoice, order, order_line, product,
            {
                "product": sku or "", "order": number or str(order), "category": category or "", "customer": code or name or "",
                "day": date.fromisoformat(str(day)),
            },
            date.fromisoformat(str(day)), currency, digits, int(qty or 0), int(net), int(gross),
        )
        for line, invoice, order, order_line, product, sku, number, category, code, name, day, currency, digits, qty, net, gross
        in bulk.select(
            "SELECT i.id, i.invoice_id, i.order_id, i.order_line_id, l.product_id, COALESCE(p.sku, i.sku), o.number, p.category,"
            " c.code, o.customer_name, d.invoice_date, o.currency, o.digits, i.qty, i.net, i.gross"
            " FROM billing_invoiceline i JOIN billing_invoice d ON d.id = i.invoice_id JOIN orders_order o ON o.id = i.order_id"
            " LEFT JOIN orders_orderline l ON l.id = i.order_line_id LEFT JOIN catalog_product p ON p.id = l.product_id"
            " LEFT JOIN parties_customer c ON c.id = o.customer_id"
            f" WHERE i.order_id IN {bulk.among()} AND i.counts AND d.invoice_date IS NOT NULL"
            " AND i.kind NOT IN ('advance', 'deduction')"
            " ORDER BY d.invoice_date, d.posted_at, i.invoice_id, i.line",
            [bulk.bound(orders)],
        )
    ]  # fmt: skip
    costs = _Costs({one.order_line for one in found if one.order_line}, _by_money(found))
    for one in found:
        one.cost = costs.of(one)
    return found


def _by_money(billed: Collection[Billed]) -> set[int]:
    """The orders that are billed by money: by a line without a quantity that is no charge. A charge stands beside quantities on its
    invoice, or is of an article that the order does not have while quantities are billed."""
    goods = {(one.order, one.invoice) for one in billed if one.qty}
    orders = {order for order, _ in goods}
    return {
        one.order
        for one in billed
        if not one.qty
        and (one.order, one.invoice) not in goods
        and not (one.keys["product"] and one.order_line is None and one.order in orders)
    }


class _Costs:
    """What the goods of order lines cost, taken piece by piece as they are billed."""

    def __init__(self, lines: Collection[int], by_money: Collection[int]) -> None:
        self.digits = company_digits()
        self.left: dict[int, list[list[int]]] = defaultdict(list)
        self.took: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.planned: dict[int, int | None] = {}
        self.service: set[int] = set()
        self.orders: dict[int, tuple[int, int]] = {}
        self.units: dict[int, int] = {}
        for line, qty, cost in _went(lines):
            self.left[line].append([qty, cost, qty, cost])
        for line, planned, service in bulk.select(
            "SELECT l.id, l.unit_cost, COALESCE(p.service, FALSE) FROM orders_orderline l"
            " LEFT JOIN catalog_product p ON p.id = l.product_id"
            f" WHERE l.id IN {bulk.among()}",
            [bulk.bound(lines)],
        ):
            self.planned[line] = None if planned is None else int(planned)
            self.service |= {line} if service else set()
        if by_money:
            self.orders = _whole(by_money)

    def of(self, one: Billed) -> int:
        """The cost of a billed line: of its shipments, of what came back, or of its part of the order where only money was billed."""
        if one.order_line is None or not one.qty:
            cost, net = self.orders.get(one.order, (0, 0))
            return piece_units(cost, one.revenue, net, self.digits)
        return self._take(one) if one.qty > 0 else -self._give(one)

    def _take(self, one: Billed) -> int:
        line, missing, cost = one.order_line or 0, one.qty, 0
        for went in self.left[line]:
            part = min(missing, went[2])
            if part:
                value = went[3] if part == went[2] else piece_units(went[1], part, went[0], self.digits)
                went[2], went[3], missing, cost = went[2] - part, went[3] - value, missing - part, cost + value
                self.took[line].append((part, value))
        if missing:
            value = value_of(missing, self._guess(one), self.digits)
            self.took[line].append((missing, value))
            cost += value
        return cost

    def _give(self, one: Billed) -> int:
        """What is credited takes back the cost of what was billed last, as a return undoes the latest shipment first."""
        line, left, cost = one.order_line or 0, -one.qty, 0
        while left and self.took[line]:
            qty, value = self.took[line].pop()
            part = min(left, qty)
            piece = value if part == qty else piece_units(value, part, qty, self.digits)
            if part < qty:
                self.took[line].append((qty - part, value - piece))
            self.left[line].insert(0, [part, piece, part, piece])  # billed again, it has the same cost
            left, cost = left - part, cost + piece
        return cost

    def _guess(self, one: Billed) -> int:
        """What one is thought to cost until it has gone: as planned for a service, else what one costs now."""
        planned = self.planned.get(one.order_line or 0)
        if one.order_line in self.service or one.product is None:
            return planned or 0
        if one.product not in self.units:
            self.units[one.product] = unit_cost(Product.objects.get(pk=one.product))
        return self.units[one.product]


def _went(lines: Collection[int]) -> list[tuple[int, int, int]]:
    """What went out for these order lines and was not un-shipped, in the order of shipping: (order line, quantity, cost)."""
    undone = "FROM stock_move u WHERE u.undoes_id = m.id AND u.kind = 'unship'"
    rows = bulk.select(
        f"SELECT m.order_line, -m.qty - COALESCE((SELECT SUM(u.qty) {undone}), 0),"
        f" -m.value - COALESCE((SELECT SUM(u.value) {undone}), 0)"
        f" FROM stock_move m WHERE m.kind = 'shipment' AND m.order_line IN {bulk.among()} ORDER BY m.move_date, m.id",
        [bulk.bound(lines)],
    )
    return [(line, int(qty), int(cost)) for line, qty, cost in rows if qty > 0]


def _whole(orders: Collection[int]) -> dict[int, tuple[int, int]]:
    """What each of these orders costs in all, what has not gone at its planned cost, and its net."""
    went: dict[int, tuple[int, int]] = {}
    rows = bulk.select(
        f"SELECT id, order_id, qty - cancelled_qty, unit_cost, net FROM orders_orderline WHERE order_id IN {bulk.among()}",
        [bulk.bound(orders)],
    )
    for line, qty, cost in _went([row[0] for row in rows]):
        had = went.get(line, (0, 0))
        went[line] = (had[0] + qty, had[1] + cost)
    found: dict[int, tuple[int, int]] = {}
    for line, order, qty, unit, net in rows:
        gone, cost = went.get(line, (0, 0))
        rest = value_of(max(int(qty) - gone, 0), int(unit or 0), company_digits())
        had = found.get(order, (0, 0))
        found[order] = (had[0] + cost + rest, had[1] + int(net))
    return found


def _visible(orders: Collection[int], asked: Asked) -> list[int]:
    """Those of these orders that were asked for and may be seen."""
    names = only_for(asked.person)
    if names is None and asked.customers is None:
        return list(orders)
    rows = bulk.select(
        f"SELECT id, customer_id, salesperson FROM orders_order WHERE id IN {bulk.among()}", [bulk.bound(orders)]
    )
    return [
        order
        for order, customer, salesperson in rows
        if (names is None or salesperson in names) and (asked.customers is None or customer in asked.customers)
    ]
