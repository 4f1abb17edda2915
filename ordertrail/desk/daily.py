"""A product day by day: ordered, shipped, returned, sold, and what was pending and sellable at the end of each day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ordertrail.desk.open_lines import few, open_lines
from ordertrail.desk.statistics import Asked, Sum, profit
from ordertrail.lib import bulk, clock
from ordertrail.orders.queries import only_for
from ordertrail.stock.queries import on_hand

ALL = 20_000
"""Lines of a product that are all gone through; of a product with more those that are open or moved since the first day asked for."""


@dataclass(slots=True)
class Day:
    """One day. ``pending`` is what confirmed orders still wanted at its end, ``sellable`` what was on hand beyond that."""

    day: date
    ordered: int = 0
    shipped: int = 0
    returned: int = 0
    pending: int = 0
    sellable: int = 0
    money: Sum = field(default_factory=lambda: Sum(""))

    @property
    def sold(self) -> int:
        """Shipped less returned on this day."""
        return self.shipped - self.returned


def daily(product: int, begin: date, end: date, basis: str, person: object) -> list[Day]:
    """A row for each day from ``begin`` to ``end``; money on ``basis`` (see ``statistics``), of the orders that ``person`` may see."""
    days = {day: Day(day) for day in _each(begin, end)}
    _count_moves(product, begin, end, days, person)
    for key, qty in _ordered(product, begin, end, person):
        days[key].ordered += qty
    rows, _total = profit("day", basis, Asked(begin, end, product=product, person=person))
    for row in rows:
        days[date.fromisoformat(row.key)].money = row
    sums = _moved(product, begin, end)
    level = on_hand([product], begin - timedelta(days=1))[product]
    pending, steps = 0, _pending(_lines(product, begin), begin, end)
    for day, one in days.items():
        level += sums.get(day, 0)
        pending += steps.get(day, 0)
        one.pending, one.sellable = pending, level - pending
    return list(days.values())


def _pending(lines: list[Line], begin: date, end: date) -> dict[date, int]:
    """By how much what is pending changes on each day; on the first day all that is pending."""
    steps: dict[date, int] = defaultdict(int)
    for line in lines:
        before = 0
        for day in sorted({begin, *(max(at, begin) for at in line.turns() if at <= end)}):
            left = line.left(day)
            steps[day] += left - before
            before = left
    return steps


def _each(begin: date, end: date) -> list[date]:
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def _moved(product: int, begin: date, end: date) -> dict[date, int]:
    rows = bulk.select(
        "SELECT move_date, SUM(qty) FROM stock_move WHERE product_id = %s AND move_date >= %s AND move_date <= %s GROUP BY move_date",
        [product, begin.isoformat(), end.isoformat()],
    )
    return {date.fromisoformat(str(day)): int(qty) for day, qty in rows}


def _count_moves(product: int, begin: date, end: date, days: dict[date, Day], person: object) -> None:
    """Shipped (less what was un-shipped) and returned of each day, of our orders and of those of other systems."""
    seen, given = _seen(person)
    for day, kind, qty in bulk.select(
        "SELECT m.move_date, m.kind, SUM(m.qty) FROM stock_move m LEFT JOIN orders_orderline l ON l.id = m.order_line"
        " LEFT JOIN orders_order o ON o.id = l.order_id WHERE m.product_id = %s AND m.move_date >= %s AND m.move_date <= %s"
        f" AND m.kind IN ('shipment', 'unship', 'return'){seen} GROUP BY m.move_date, m.kind",
        [product, begin.isoformat(), end.isoformat(), *given],
    ):
        row = days[date.fromisoformat(str(day))]
        if kind == "return":
            row.returned += int(qty)
        else:
            row.shipped -= int(qty)
    for day, out, back in bulk.select(
        "SELECT d.shipped_date, SUM(CASE WHEN g.qty > 0 THEN g.qty ELSE 0 END), SUM(CASE WHEN g.qty < 0 THEN -g.qty ELSE 0 END)"
        " FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id"
        " JOIN shipping_shipmentline g ON g.order_line_id = l.id JOIN shipping_shipment d ON d.id = g.shipment_id"
        " LEFT JOIN orders_terms t ON t.order_id = l.order_id WHERE l.product_id = %s AND d.shipped_date >= %s"
        f" AND d.shipped_date <= %s AND g.counts AND t.order_id IS NULL{seen} GROUP BY d.shipped_date",
        [product, begin.isoformat(), end.isoformat(), *given],
    ):
        row = days[date.fromisoformat(str(day))]
        row.shipped += int(out)
        row.returned += int(back)


def _ordered(product: int, begin: date, end: date, person: object) -> list[tuple[date, int]]:
    """What was ordered on each day, by the order's date."""
    seen, given = _seen(person)
    # Of a product in very many lines the orders of these days are gone through, by their index, and not all its lines.
    lines, orders = "orders_orderline l", "orders_orderstatus s"
    first, plus = (f"{lines} CROSS JOIN {orders}", "") if few([product]) else (f"{orders} CROSS JOIN {lines}", "+")
    rows = bulk.select(
        f"SELECT s.order_date, SUM(l.qty) FROM {first} CROSS JOIN orders_order o WHERE s.order_id = l.order_id AND o.id = l.order_id"
        f" AND {plus}l.product_id = %s AND o.state IN ('confirmed', 'closed') AND s.order_date >= %s AND s.order_date <= %s"
        f"{seen} GROUP BY s.order_date",
        [product, begin.isoformat(), end.isoformat(), *given],
    )
    return [(date.fromisoformat(str(day)), int(qty)) for day, qty in rows]


def _seen(person: object) -> tuple[str, list[Any]]:
    names = only_for(person)
    return ("", []) if names is None else (f" AND o.salesperson IN {bulk.among('text')}", [bulk.bound(names)])


@dataclass(slots=True)
class Line:
    """An order line through time: from when it was ordered to when it was cancelled, and what changed what is left of it."""

    begin: date
    end: date | None
    qty: int
    under: int
    cut: int = 0
    was: list[tuple[date, int]] = field(
        default_factory=list
    )  # the quantity until this day (its amendment), the oldest first
    cuts: list[tuple[date, int]] = field(default_factory=list)
    went: list[tuple[date, int]] = field(default_factory=list)

    def turns(self) -> list[date]:
        """The days on which what is left may become another."""
        days = [self.begin, *(at for at, _qty in (*self.was, *self.cuts, *self.went))]
        return days if self.end is None else [*days, self.end]

    def left(self, day: date) -> int:
        """What was still to be shipped at the end of ``day``.

        >>> line = Line(date(2026, 9, 1), None, 10, 0, went=[(date(2026, 9, 3), 6)], cuts=[(date(2026, 9, 5), 4)])
        >>> [line.left(date(2026, 8, 31)), line.left(date(2026, 9, 2)), line.left(date(2026, 9, 3)), line.left(date(2026, 9, 5))]
        [0, 10, 4, 0]
        """
        if day < self.begin or (self.end is not None and day >= self.end):
            return 0
        qty = next((before for until, before in self.was if day < until), self.qty)
        gone = sum(part for at, part in self.went if at <= day)
        left = qty - self.cut - sum(part for at, part in self.cuts if at <= day) - gone
        complete = gone > 0 and left * 1_000_000 <= qty * self.under
        return 0 if complete else max(left, 0)


def _lines(product: int, begin: date) -> list[Line]:
    """The lines of a product of which something may have been pending on ``begin`` or later."""
    asked = _candidates(product, begin)
    sql = (
        "SELECT l.id, l.qty, l.cancelled_qty, o.state, o.order_date, t.confirmed_date, t.order_id, p.under_tolerance, o.id"
        " FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id JOIN catalog_product p ON p.id = l.product_id"
        f" LEFT JOIN orders_terms t ON t.order_id = o.id WHERE l.id IN {bulk.among()} AND NOT p.service"
    )
    found: dict[int, Line] = {}
    cancelled: dict[int, list[int]] = defaultdict(list)
    for pk, qty, cut, state, ordered, confirmed, own, under, order in bulk.select(sql, [bulk.bound(asked)]):
        since = ordered or confirmed
        if since is None or state in ("draft", "quoted"):
            continue
        end = date.min if state == "cancelled" else None
        found[pk] = Line(date.fromisoformat(str(since)), end, int(qty), int(under), 0 if own is not None else int(cut))
        if state == "cancelled":
            cancelled[order].append(pk)
    _end(found, cancelled)
    _fill(found)
    return list(found.values())


def _candidates(product: int, begin: date) -> list[int]:
    every = bulk.select(f"SELECT id FROM orders_orderline WHERE product_id = %s LIMIT {ALL + 1}", [product])
    if len(every) <= ALL:
        return [row[0] for row in every]
    some = bulk.select(
        f"SELECT l.id FROM {open_lines([product])} UNION SELECT m.order_line FROM stock_move m WHERE m.product_id = %s"
        " AND m.move_date >= %s AND m.order_line IS NOT NULL UNION SELECT l.id FROM orders_terms t"
        " CROSS JOIN orders_orderline l WHERE t.confirmed_date >= %s AND l.order_id = t.order_id AND +l.product_id = %s",
        [bulk.bound([product]), product, begin.isoformat(), begin.isoformat(), product],
    )
    return [row[0] for row in some]


def _end(found: dict[int, Line], cancelled: dict[int, list[int]]) -> None:
    """Cancelled orders wanted their goods until somebody cancelled them here."""
    rows = bulk.select(
        f"SELECT object, MAX(at) FROM desk_act WHERE kind = 'order' AND verb = 'cancel' AND object IN {bulk.among()} GROUP BY object",
        [bulk.bound(cancelled)],
    )
    for order, at in rows:
        for line in cancelled[order]:
            found[line].end = _day(at)


def _fill(found: dict[int, Line]) -> None:
    """What went, what was cut off and what was amended."""
    listed = bulk.bound(found)
    for line, day, qty in bulk.select(
        "SELECT order_line, move_date, -SUM(qty) FROM stock_move WHERE kind IN ('shipment', 'unship')"
        f" AND order_line IN {bulk.among()} GROUP BY order_line, move_date",
        [listed],
    ):
        found[line].went.append((date.fromisoformat(str(day)), int(qty)))
    moved = {line for line, told in found.items() if told.went}
    for line, day, qty in bulk.select(
        "SELECT g.order_line_id, d.shipped_date, SUM(g.qty) FROM shipping_shipmentline g"
        " JOIN shipping_shipment d ON d.id = g.shipment_id"
        f" WHERE g.counts AND g.qty > 0 AND g.order_line_id IN {bulk.among()} GROUP BY g.order_line_id, d.shipped_date",
        [listed],
    ):
        if line not in moved:
            found[line].went.append((date.fromisoformat(str(day)) if day else date.min, int(qty)))
    for line, qty, at, ended in bulk.select(
        f"SELECT line_id, qty, at, ended_at FROM orders_cut WHERE why <> 'unbilled' AND line_id IN {bulk.among()}",
        [listed],
    ):
        found[line].cuts += [(_day(at), int(qty)), *([(_day(ended), -int(qty))] if ended else [])]
    for line, qty, at in bulk.select(
        f"SELECT line_id, qty, at FROM orders_linewas WHERE line_id IN {bulk.among()} ORDER BY revision", [listed]
    ):
        found[line].was.append((_day(at), int(qty)))


def _day(at: Any) -> date:
    """The company's day of an instant as the driver gives it (SQLite: text in UTC)."""
    when = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(clock.zone()).date()
