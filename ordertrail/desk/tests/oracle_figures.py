"""An oracle of ``OrderStatus``: every figure of every order in plain Python, as domain.md §1 defines it.

Exact fractions, rounded where the domain says so. Amounts are in the order's currency, gross.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import FAMILY, Agreed, Book, Name, Things, Words
from ordertrail.desk.tests.oracle_lines import Placed, Pointed
from ordertrail.desk.tests.oracle_money import DIGITS, Bill, Till, day_of, shares_of, taken_off
from ordertrail.desk.tests.oracle_order import (
    ZERO,
    Line,
    Order,
    Row,
    Standing,
    by_amount,
    delivery,
    invoicing,
    payment,
    production,
    rounded,
)

NOBODY: Standing = (1 << 30, True, 1 << 30)


class Books:
    """All orders, and what every document says of them."""

    def __init__(self, words: Words, currency: str, tax_rate: Decimal) -> None:
        self.words, self.things = words, Things(words)
        self.currency, self.tax_rate = currency, Fraction(tax_rate)
        self.orders = {thing.name: self._order(thing) for thing in self.things.agreed["order"]}
        self.rows = [*self._shipments(), *self._work()]
        self.papers: list[Bill] = []
        for thing, pointing in self._pointing("invoice"):
            self._invoice(thing, pointing)
        self.bills = [share for paper in self.papers for share in paper.shares]
        self._hear(self.rows)
        self.money = list(self._payments())
        self._hear(self.money)
        for row in self.rows:
            if row.line and row.qty is not None and self.counts(row):
                self._count(row, row.line, row.qty)
        for order in self.orders.values():
            self._close(order)

    @staticmethod
    def _hear(rows: Iterable[Row]) -> None:
        for row in rows:
            if row.order:
                row.order.heard[row.family].add(row.stands)

    def stands(self, thing: Agreed) -> Standing:
        """How early its rows are believed; a paper before a bare figure of the same source."""
        system, family = self.words.systems[thing.name[0]], FAMILY[thing.name[1]]
        reported = bool(getattr(thing.record, "reported", False))
        return (system.rank[family], reported, system.place) if system.scope[family] else NOBODY

    def believed(self, order: Order, family: str) -> Standing:
        """The first among those that have a paper of it, and those whose silence means nothing happened."""
        silent = [
            (system.rank[family], True, system.place)
            for system in self.words.systems.values()
            if system.scope[family] == "all"
            or (system.scope[family] == "orders" and system.code in order.thing.known_to)
        ]
        return min((*order.heard[family], *silent), default=NOBODY)

    def counts(self, row: Row) -> bool:
        """Whether this is the believed one's, and done."""
        return row.order is not None and row.done and row.stands == self.believed(row.order, row.family) != NOBODY

    def counted(self, rows: Iterable[Row], order: Order) -> list[Row]:
        """Those of an order that count."""
        return [row for row in rows if row.order is order and self.counts(row)]

    def _close(self, order: Order) -> None:
        """A short close keeps what happened and frees the rest (§1.3, E5), unless the system says itself what it cancelled."""
        spoken = any(row.family == "goods" for row in self.counted(self.rows, order))
        told = spoken or any(system.scope["goods"] for system in self.words.systems.values())
        if order.thing.record.state == "closed" and told and not any(line.cancelled for line in order.lines):
            for line in order.lines:
                line.freed = True

    # --- documents ---------------------------------------------------------------------------------------------------

    def _order(self, thing: Agreed) -> Order:
        record = thing.record
        order = Order(thing, DIGITS.get(record.currency or self.currency, 2), record.prices_include_tax)
        for told in record.lines:
            qty, price = Fraction(told.qty), Fraction(told.price or 0)
            amount = rounded(qty * price, order.digits) if told.net is None else Fraction(told.net)
            rate = self.tax_rate if told.tax_rate is None else Fraction(told.tax_rate)
            cancelled = qty if record.state == "cancelled" else Fraction(told.cancelled_qty)
            order.lines.append(Line(told.ref, told.sku, self.things.is_service(told.sku), qty, cancelled, amount, rate))
        return order

    def _pointing(self, kind: str) -> list[tuple[Agreed, list[Pointed]]]:
        """Every paper of a kind that is not cancelled, and its lines with the order and line that each means."""
        papers = [
            (thing, [(told, self._order_of(thing, told.order)) for told in thing.record.lines])
            for thing in self.things.agreed[kind]
            if thing.record.state != "cancelled"
        ]
        placed = Placed(kind == "invoice", self.digits_of).of(papers)
        return [(thing, placed[thing.name]) for thing, _ in papers]

    def _order_of(self, thing: Agreed, text: str) -> Order | None:
        name = self.things.meant("order", thing.lines_by, text)
        return self.orders[name] if name else None

    def _shipments(self) -> Iterator[Row]:
        for thing, pointing in self._pointing("shipment"):
            record = thing.record
            sign = -1 if record.direction == "in" else 1
            for told, order, line in pointing:
                if order:
                    qty, day = sign * Fraction(told.qty), day_of(record.shipped_at)
                    yield Row("goods", order, self.stands(thing), record.state == "done", line, qty, day=day)

    def _work(self) -> Iterator[Row]:
        for thing in self.things.agreed["work_order"]:
            record = thing.record
            name = self.things.meant("order", thing.named_by, record.order)
            if name and record.state != "cancelled":
                order = self.orders[name]
                line = next(iter(order.alike(record.order_line, record.sku)), None)
                made, planned = Fraction(record.finished_qty), Fraction(record.planned_qty)
                yield Row("production", order, self.stands(thing), True, line, made, planned=planned)

    def _invoice(self, thing: Agreed, pointing: list[Pointed]) -> None:
        """The quantities of its lines, and the bill."""
        record = thing.record
        sign = -1 if record.type == "credit_note" else 1
        stands, done = self.stands(thing), record.state == "posted"
        for told, order, line in pointing:
            if order:
                qty = None if told.qty is None else sign * Fraction(told.qty)
                charge = any(other is order and each.qty is not None for each, other, _ in pointing)
                strange = line is None and bool(told.sku)
                self.rows.append(Row("invoice", order, stands, done, line, qty, charge=charge, strange=strange))
        parts = shares_of(record, pointing, self.tax_rate, self.digits_of(thing), self._by_number)
        day = record.due_date or record.invoice_date
        target = self.things.meant("invoice", thing.name[0], record.credits) if sign < 0 else None
        whole: dict[str, Any] = {"invoice": thing.name, "day": day}
        shares = [Row("invoice", order, stands, done, amount=sign * share, **whole) for order, share in parts]
        self.papers.append(Bill(thing, shares, None if target == thing.name else target))

    def _by_number(self, order: Order | None) -> tuple[str, int, str]:
        if order is None:
            return "", 0, ""
        name = order.thing.name
        return order.thing.record.number, self.words.systems[name[0]].place, name[2]

    def currency_of(self, thing: Agreed) -> str:
        return str(getattr(thing.record, "currency", "") or self.currency)

    def digits_of(self, thing: Agreed) -> int:
        return DIGITS.get(self.currency_of(thing), 2)

    def bills_of(self, order: Order) -> list[Name]:
        """The order's posted invoices of the source believed, oldest due first."""
        found = sorted(self.papers, key=lambda bill: bill.place)
        return [bill.thing.name for bill in found if self.counted(bill.shares, order)]

    def _payments(self) -> Iterator[Row]:
        tills: dict[Book, list[Agreed]] = defaultdict(list)
        for thing in self.things.agreed["payment"]:
            if thing.record.state == "done":
                tills[thing.name[0], thing.record.reported].append(thing)
        for book, payments in tills.items():
            yield from Till(self, book, payments).run()

    # --- figures -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _count(row: Row, line: Line, qty: Fraction) -> None:
        if row.family == "goods":
            line.sent += max(qty, ZERO)
            line.returned += max(-qty, ZERO)
        elif row.family == "invoice":
            line.billed += qty
        else:
            line.planned = (line.planned or ZERO) + row.planned
            line.made += qty

    def figures(self) -> dict[Name, dict[str, Any]]:
        """Every figure of every order, by its home's name."""
        return {name: self._figures(order) for name, order in self.orders.items()}

    def _figures(self, order: Order) -> dict[str, Any]:
        lines, record = order.lines, order.thing.record
        rows, bills, money = (self.counted(each, order) for each in (self.rows, self.bills, self.money))
        billed = [row for row in rows if row.family == "invoice"]
        goods = any(row.qty is not None for row in billed)
        by_money = any(row.qty is None and not row.charge and not (row.strange and goods) for row in billed)
        days = [row.day for row in rows if row.family == "goods" and row.day and row.qty and row.qty > 0]
        invoiced = sum((bill.amount for bill in bills), ZERO)
        paid = sum((share.amount for share in money if share.invoice), ZERO)
        effective = order.document((line, line.expected) for line in lines)
        rounding = ZERO if by_money else invoiced - order.document((line, line.billed) for line in lines)

        def on(paper: Bill, among: list[Row]) -> Fraction:
            return sum((row.amount for row in among if row.invoice == paper.thing.name), ZERO)

        opens = [(paper, on(paper, bills) - on(paper, money)) for paper in self.papers]
        off = taken_off(opens)
        left = {paper.thing.name: part - off.get(paper.thing.name, 0) for paper, part in opens}
        due = [bill.day for bill in bills if bill.day and left[bill.invoice] > 0]  # type: ignore[index]
        told: dict[str, Any] = {
            "number": record.number,
            "currency": record.currency or self.currency,
            "line_count": len(lines),
            "ordered_qty": sum(line.qty for line in lines),
            "shipped_qty": sum(line.sent for line in lines),
            "to_ship_qty": sum(line.to_ship for line in lines),
            "invoiced_qty": sum(line.billed for line in lines),
            "planned_qty": sum(line.planned or 0 for line in lines),
            "finished_qty": sum(line.made for line in lines),
            "ordered": order.document((line, line.qty) for line in lines),
            "effective": effective,
            "shipped": order.document((line, line.sent - line.returned) for line in lines),
            "to_ship": order.document((line, line.to_ship) for line in lines),
            "invoiced": invoiced,
            "paid": paid,
            "deposit": sum(share.amount for share in money if not share.invoice),
            "open_receivable": invoiced - paid,
            "rounding_difference": rounding,
            "not_invoiced": effective - (invoiced - rounding),
            "first_shipped_date": min(days, default=None),
            "last_shipped_date": max(days, default=None),
            "due_date": min(due, default=None),
        }
        told["delivery"] = delivery(lines)
        told["invoicing"] = by_amount(invoiced, effective) if by_money and invoiced else invoicing(lines, invoiced)
        told["payment"] = payment(told, came_in=any(share.amount > 0 for share in money))
        told["production"] = production(lines)
        complete = told["delivery"] in ("done", "over", "not_required")
        done = complete and told["not_invoiced"] <= 0 and told["open_receivable"] == 0 and effective > 0
        told["status"] = "done" if done and record.state in ("confirmed", "closed") else record.state
        told["is_open"] = told["status"] == "confirmed"
        for family in ("goods", "invoice", "money", "production"):
            best = self.believed(order, family)
            told[f"{family}_source"] = next((s.code for s in self.words.systems.values() if s.place == best[2]), None)
        return told
