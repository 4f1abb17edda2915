"""An oracle of ``OrderStatus``: every figure of every order in plain Python, as domain.md §1 defines it.

Exact fractions, rounded where the domain says so. Amounts are in the order's currency, gross.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import FAMILY, Agreed, Book, Name, Things, Words, key
from ordertrail.desk.tests.oracle_order import (
    Line,
    Order,
    Standing,
    by_amount,
    delivery,
    divided,
    invoicing,
    payment,
    production,
    rounded,
)

DIGITS = {"JPY": 0, "KWD": 3}
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


@dataclass(eq=False)
class Share:
    """An order's part of an invoice, or of a payment (on ``invoice``, or for the order itself)."""

    order: Order | None
    amount: Fraction
    stands: Standing
    done: bool
    invoice: Name | None = None
    day: date | None = None


def day_of(value: datetime | date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


class Books:
    """All orders, and what every document says of them."""

    def __init__(self, words: Words, currency: str, tax_rate: Decimal) -> None:
        self.words, self.things = words, Things(words)
        self.currency, self.tax_rate = currency, Fraction(tax_rate)
        self.orders = {thing.name: self._order(thing) for thing in self.things.agreed["order"]}
        self.rows = [*self._shipments(), *self._work()]
        self.bills: list[Share] = []
        self.money: list[Share] = []
        for thing in self.things.agreed["invoice"]:
            self._invoice(thing)
        for row in self.rows:
            row.order.heard[row.family].add(row.stands)
        self.paid: dict[tuple[Book, Name, Name | None], Fraction] = defaultdict(Fraction)
        for thing in sorted(self.things.agreed["payment"], key=self._when):
            self._payment(thing)
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
        """Its lines, and each order's share: like a document of its own, the last by number takes what is left of the total."""
        record = thing.record
        if record.state == "cancelled":
            return
        sign = -1 if record.type == "credit_note" else 1
        digits = DIGITS.get(record.currency or self.currency, 2)
        stands, done = self.stands(thing), record.state == "posted"
        gross = bool(record.lines) and all(t.gross is not None and t.net is None for t in record.lines)
        nets: dict[Any, dict[Fraction, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        freight: dict[Fraction, Fraction] = defaultdict(Fraction)
        whole: dict[Fraction, Fraction] = defaultdict(Fraction)
        for_orders = any(key(told.order) for told in record.lines)
        for told, order, line in self._pointing(thing):
            rate = Fraction(told.tax_rate) if told.tax_rate is not None else line.rate if line else self.tax_rate
            amount = self._amount(told, order, line, rate, digits, gross=gross)
            by_rate = nets[order.thing.name if order else None] if key(told.order) or not for_orders else freight
            by_rate[rate] += amount
            whole[rate] += amount
            if order:
                qty = None if told.qty is None else sign * Fraction(told.qty)
                self.rows.append(Row("invoice", order, line, qty, stands, done))

        def document(by_rate: dict[Fraction, Fraction]) -> Fraction:
            return sum((a if gross else a + rounded(a * rate, digits) for rate, a in by_rate.items()), Fraction(0))

        total = document(whole)
        if record.total is not None and abs(Fraction(record.total) - total) <= Fraction(len(record.lines), 10**digits):
            total = Fraction(record.total) if record.lines else total
        names = sorted(nets, key=self._by_number)
        shares = [(name, document(nets[name])) for name in names]
        if sum(share for _, share in shares):  # header charges pro rata by gross (§1.5)
            charges = dict(divided(document(freight), shares, digits))
            shares = [(name, share + charges.get(name, 0)) for name, share in shares]
        day = record.due_date or record.invoice_date
        for place, (name, share) in enumerate(shares, 1):
            if place == len(shares):
                share = total - sum(part for _, part in shares[:-1])
            order = self.orders[name] if name else None
            self.bills.append(Share(order, sign * share, stands, done, thing.name, day))

    def _by_number(self, name: Name | None) -> tuple[str, int, str]:
        if name is None:
            return "", 0, ""
        return self.orders[name].thing.record.number, self.words.systems[name[0]].place, name[2]

    def _amount(
        self, told: Any, order: Order | None, line: Line | None, rate: Fraction, digits: int, *, gross: bool
    ) -> Fraction:
        """The net of an invoice line (its gross where all lines tell only that)."""
        if gross:
            return Fraction(told.gross)
        if told.net is not None:
            return Fraction(told.net)
        if told.gross is not None:
            return rounded(Fraction(told.gross) / (1 + rate), digits)
        if line is None or order is None or told.qty is None:
            return Fraction(0)
        net = rounded(line.amount / (1 + line.rate), order.digits) if order.gross else line.amount
        return rounded(net * Fraction(told.qty) / line.qty, digits) if line.qty else Fraction(0)

    # --- money -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _when(thing: Agreed) -> tuple[Any, ...]:
        day = day_of(thing.record.paid_at)
        return (day or date.min, thing.record.number, thing.name[2])

    @staticmethod
    def book(thing: Agreed) -> Book:
        """Who tells of the money: a system by its payments, or by what its orders say is paid."""
        return thing.name[0], thing.record.reported

    def opens(self, book: Book, invoice: Name) -> list[tuple[Order | None, Fraction]]:
        """What each order (None: those that nobody knows yet) still owes on a posted invoice by one book's payments, by number."""
        return [
            (bill.order, bill.amount - self.paid[book, invoice, bill.order and bill.order.thing.name])
            for bill in self.bills
            if bill.invoice == invoice and bill.done
        ]

    def bills_of(self, order: Order) -> list[Name]:
        """The order's posted invoices of the source believed, oldest due first."""
        found = [bill for bill in self.bills if bill.order is order and self.counts(order, "invoice", bill)]
        numbers = {thing.name: thing.record.number for thing in self.things.agreed["invoice"]}
        found.sort(key=lambda b: (b.day or date.min, numbers[b.invoice], b.invoice))  # type: ignore[index]
        return [bill.invoice for bill in found if bill.invoice]

    def _payment(self, thing: Agreed) -> None:
        record, book = thing.record, self.book(thing)
        if record.state != "done":
            return
        sign = -1 if record.direction == "out" else 1
        rest = Fraction(record.amount)
        if record.allocations:
            for told in record.allocations:
                amount = min(Fraction(told.amount), rest)
                rest -= amount
                invoice = self.things.meant("invoice", thing.lines_by, told.invoice)
                order = None if invoice else self.things.meant("order", thing.lines_by, told.order)
                self._settle(thing, invoice, order, sign * amount)
            return
        named = [
            found for text in record.reference.split() if (found := self._named(thing.lines_by, text)) != (None, None)
        ]
        rest *= sign
        for invoice, order in named:
            if invoice:
                amount = sum((part for _, part in self.opens(book, invoice)), Fraction(0))
            else:
                bills = self.bills_of(self.orders[order])  # type: ignore[index]
                amount = sum(
                    (p for bill in bills for o, p in self.opens(book, bill) if o and o.thing.name == order), Fraction(0)
                )
            amount = max(Fraction(0), min(rest, amount))
            if order and len(record.reference.split()) == 1:
                amount = rest
            rest -= amount
            self._settle(thing, invoice, order, amount)

    def _named(self, by: str, text: str) -> tuple[Name | None, Name | None]:
        invoice = self.things.meant("invoice", by, text)
        return invoice, None if invoice else self.things.meant("order", by, text)

    def _settle(self, thing: Agreed, invoice: Name | None, order: Name | None, amount: Fraction) -> None:
        """Divide one part of a payment by what is open on the invoice, or set it against the order's invoices, then keep it for it."""
        book, rest = self.book(thing), amount
        digits = DIGITS.get(thing.record.currency or self.currency, 2)
        if invoice and amount:
            opens = self.opens(book, invoice)
            if not sum(part for _, part in opens):
                opens = [(b.order, b.amount) for b in self.bills if b.invoice == invoice and b.done]
            if sum(part for _, part in opens):
                for one, share in divided(amount, opens, digits):
                    self._pay(thing, one, share, invoice)
        elif order and amount:
            one = self.orders[order]
            for bill in self.bills_of(one):
                due = next(part for other, part in self.opens(book, bill) if other is one)
                taken = max(Fraction(0), min(rest, due))
                rest -= taken
                self._pay(thing, one, taken, bill)
            self._pay(thing, one, rest, None)

    def _pay(self, thing: Agreed, order: Order | None, amount: Fraction, invoice: Name | None) -> None:
        if amount:
            self.money.append(Share(order, amount, self.stands(thing), True, invoice))
            if invoice:
                self.paid[self.book(thing), invoice, order and order.thing.name] += amount

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
        by_money = any(
            row.order is order and row.family == "invoice" and row.qty is None and self.counts(order, "invoice", row)
            for row in self.rows
        )
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
        due = [
            bill.day
            for bill in bills
            if bill.day and bill.amount > sum(share.amount for share in money if share.invoice == bill.invoice)
        ]
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
