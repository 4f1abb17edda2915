"""An oracle of ``OrderStatus``: every figure of every order in plain Python, as domain.md §1 defines it.

Exact fractions, rounded where the domain says so. Amounts are in the order's currency, gross.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import FAMILY, Agreed, Book, Name, Things, Words
from ordertrail.desk.tests.oracle_money import DIGITS, Bill, Share, Till, day_of, shares_of, taken_off
from ordertrail.desk.tests.oracle_order import (
    Line,
    Order,
    Standing,
    by_amount,
    delivery,
    invoicing,
    payment,
    production,
    rounded,
)

NOBODY: Standing = (1 << 30, True, 1 << 30)


@dataclass(eq=False)
class Row:
    """A quantity that a document says of one order line (None: of no line that is known)."""

    family: str
    order: Order
    line: Line | None
    qty: Fraction | None  # None on an invoice by amount
    stands: Standing
    done: bool
    day: date | None = None
    planned: Fraction = Fraction(0)
    charge: bool = False  # money beside quantities on one invoice: freight, a discount
    strange: bool = False  # of an article that the order does not have


class Books:
    """All orders, and what every document says of them."""

    def __init__(self, words: Words, currency: str, tax_rate: Decimal) -> None:
        self.words, self.things = words, Things(words)
        self.currency, self.tax_rate = currency, Fraction(tax_rate)
        self.orders = {thing.name: self._order(thing) for thing in self.things.agreed["order"]}
        self.rows = [*self._shipments(), *self._work()]
        self.papers: list[Bill] = []
        for thing in self.things.agreed["invoice"]:
            self._invoice(thing)
        self.bills = [share for paper in self.papers for share in paper.shares]
        for row in self.rows:
            row.order.heard[row.family].add(row.stands)
        self.money = list(self._payments())
        for share in self.money:
            if share.order:
                share.order.heard["money"].add(share.stands)
        for row in self.rows:
            if row.line and row.qty is not None and self.counts(row.order, row.family, row):
                self._count(row, row.line)
        for order in self.orders.values():
            self._close(order)

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

    def counts(self, order: Order | None, family: str, row: Row | Share) -> bool:
        """Whether this is the believed one's, and done."""
        return order is not None and row.done and row.stands == self.believed(order, family) != NOBODY

    def _close(self, order: Order) -> None:
        """A short close keeps what happened and frees the rest (§1.3, E5), unless the system says itself what it cancelled."""
        told = any(system.scope["goods"] for system in self.words.systems.values()) or any(
            row.order is order and self.counts(order, "goods", row) for row in self.rows if row.family == "goods"
        )
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

    def _pointing(self, thing: Agreed) -> Iterator[tuple[Any, Order | None, Line | None]]:
        """The lines of a document with the order and line that each means."""
        seen: dict[tuple[int, str], int] = defaultdict(int)
        for told in thing.record.lines:
            name = self.things.meant("order", thing.lines_by, told.order)
            order = self.orders[name] if name else None
            place = seen[id(order), told.sku]
            seen[id(order), told.sku] += 1
            yield told, order, order.line(told.order_line, told.sku, place) if order else None

    def _shipments(self) -> Iterator[Row]:
        for thing in self.things.agreed["shipment"]:
            record = thing.record
            sign = -1 if record.direction == "in" else 1
            for told, order, line in self._pointing(thing) if record.state != "cancelled" else ():
                if order:
                    amount, day = sign * Fraction(told.qty), day_of(record.shipped_at)
                    yield Row("goods", order, line, amount, self.stands(thing), record.state == "done", day)

    def _work(self) -> Iterator[Row]:
        for thing in self.things.agreed["work_order"]:
            record = thing.record
            name = self.things.meant("order", thing.named_by, record.order)
            if name and record.state != "cancelled":
                order = self.orders[name]
                line = order.line(record.order_line, record.sku, 0)
                made, planned = Fraction(record.finished_qty), Fraction(record.planned_qty)
                yield Row("production", order, line, made, self.stands(thing), True, planned=planned)

    def _invoice(self, thing: Agreed) -> None:
        """The quantities of its lines, and the bill."""
        record = thing.record
        if record.state == "cancelled":
            return
        sign = -1 if record.type == "credit_note" else 1
        stands, done, pointing = self.stands(thing), record.state == "posted", list(self._pointing(thing))
        for told, order, line in pointing:
            if order:
                qty = None if told.qty is None else sign * Fraction(told.qty)
                charge = any(other is order and each.qty is not None for each, other, _ in pointing)
                strange = line is None and bool(told.sku)
                self.rows.append(Row("invoice", order, line, qty, stands, done, charge=charge, strange=strange))
        parts = shares_of(record, pointing, self.tax_rate, self.digits_of(thing), self._by_number)
        day = record.due_date or record.invoice_date
        target = self.things.meant("invoice", thing.name[0], record.credits) if sign < 0 else None
        shares = [Share(order, sign * share, stands, done, thing.name, day) for order, share in parts]
        self.papers.append(Bill(thing, shares, None if target == thing.name else target))

    def _by_number(self, order: Order | None) -> tuple[str, int, str]:
        if order is None:
            return "", 0, ""
        name = order.thing.name
        return order.thing.record.number, self.words.systems[name[0]].place, name[2]

    def currency_of(self, thing: Agreed) -> str:
        return str(thing.record.currency or self.currency)

    def digits_of(self, thing: Agreed) -> int:
        return DIGITS.get(self.currency_of(thing), 2)

    def bills_of(self, order: Order) -> list[Name]:
        """The order's posted invoices of the source believed, oldest due first."""
        found = sorted((bill for bill in self.papers), key=lambda bill: bill.place)
        return [
            bill.thing.name
            for bill in found
            if any(share.order is order and self.counts(order, "invoice", share) for share in bill.shares)
        ]

    def _payments(self) -> Iterator[Share]:
        tills: dict[Book, list[Agreed]] = defaultdict(list)
        for thing in self.things.agreed["payment"]:
            if thing.record.state == "done":
                tills[thing.name[0], thing.record.reported].append(thing)
        for book, payments in tills.items():
            yield from Till(self, book, payments).run()

    # --- figures -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _count(row: Row, line: Line) -> None:
        qty = row.qty or Fraction(0)
        if row.family == "goods":
            line.sent += max(qty, Fraction(0))
            line.returned += max(-qty, Fraction(0))
        elif row.family == "invoice":
            line.billed += qty
        else:
            line.planned = (line.planned or Fraction(0)) + row.planned
            line.made += qty

    def figures(self) -> dict[Name, dict[str, Any]]:
        """Every figure of every order, by its home's name."""
        return {name: self._figures(order) for name, order in self.orders.items()}

    def _figures(self, order: Order) -> dict[str, Any]:
        lines, record = order.lines, order.thing.record
        bills = [bill for bill in self.bills if bill.order is order and self.counts(order, "invoice", bill)]
        money = [share for share in self.money if share.order is order and self.counts(order, "money", share)]
        billed = [
            row
            for row in self.rows
            if row.order is order and row.family == "invoice" and self.counts(order, "invoice", row)
        ]
        goods = any(row.qty is not None for row in billed)
        by_money = any(row.qty is None and not row.charge and not (row.strange and goods) for row in billed)
        days = [
            row.day
            for row in self.rows
            if row.order is order and row.family == "goods" and row.day and row.qty and row.qty > 0
            and self.counts(order, "goods", row)
        ]  # fmt: skip
        invoiced = sum((bill.amount for bill in bills), Fraction(0))
        paid = sum((share.amount for share in money if share.invoice), Fraction(0))
        effective = order.document((line, line.expected) for line in lines)
        rounding = Fraction(0) if by_money else invoiced - order.document((line, line.billed) for line in lines)
        opens = [
            (paper, sum((bill.amount for bill in bills if bill.invoice == paper.thing.name), Fraction(0)))
            for paper in self.papers
        ]
        opens = [
            (paper, part - sum(share.amount for share in money if share.invoice == paper.thing.name))
            for paper, part in opens
        ]
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
