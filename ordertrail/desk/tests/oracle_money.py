"""The oracle's money: each order's share of an invoice, and of a payment, read out of domain.md §1.4, §1.5, §1.8 and §1.10 alone.

Money happens in the order of its days: credit notes take off what is open on their own orders' invoices, payments settle what is left.
Each system's payments are a book of their own, and so are the sums that its orders say are paid: they may tell of the same money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from ordertrail.desk.tests.oracle import Agreed, Book, Name, key
from ordertrail.desk.tests.oracle_order import ZERO, Line, Order, Row, divided, rounded

DIGITS = {"JPY": 0, "KWD": 3}


def day_of(value: datetime | date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


@dataclass(eq=False)
class Bill:
    """An invoice or (amounts below zero) a credit note with its orders' shares, by number."""

    thing: Agreed
    shares: list[Row]
    credits: Name | None  # the invoice that a credit note names and somebody knows

    @property
    def total(self) -> Fraction:
        return sum((share.amount for share in self.shares), ZERO)

    @property
    def place(self) -> tuple[Any, ...]:
        """Oldest due first, then by number."""
        record = self.thing.record
        return (record.due_date or record.invoice_date or date.min, record.number, self.thing.name)


Pointing = Sequence[tuple[Any, Order | None, Line | None]]


def shares_of(
    record: Any, pointing: Pointing, tax_rate: Fraction, digits: int, by_number: Any
) -> list[tuple[Order | None, Fraction]]:
    """Σ gross of each order's lines, each like a document of its own; freight by gross; the last takes the rest (§1.5, §1.10)."""
    gross = bool(record.lines) and all(told.gross is not None and told.net is None for told in record.lines)
    papers: dict[Any, dict[Fraction, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for told, order, line in pointing:
        rate = Fraction(told.tax_rate) if told.tax_rate is not None else line.rate if line else tax_rate
        amount = amount_of(told, order, line, rate, digits, gross=gross)
        papers["all"][rate] += amount
        papers[order if key(told.order) else "freight"][rate] += amount

    def document(by_rate: dict[Fraction, Fraction]) -> Fraction:
        return sum((a if gross else a + rounded(a * rate, digits) for rate, a in by_rate.items()), ZERO)

    total, freight = document(papers.pop("all", {})), document(papers.pop("freight", {}))
    printed = None if record.total is None or not record.lines else Fraction(record.total)
    if printed is not None and abs(printed - total) <= Fraction(len(pointing), 10**digits):
        total = printed  # the rounding cent of a tax by document
    orders = sorted(papers, key=by_number) or ([None] if record.lines else [])
    own = [(order, document(papers[order])) for order in orders] if papers else [(order, ZERO) for order in orders]
    charges = dict(divided(freight, own, digits))
    parts = [(order, share + charges.get(order, ZERO)) for order, share in own]
    if parts:
        parts[-1] = (parts[-1][0], total - sum(share for _, share in parts[:-1]))
    return parts


def amount_of(
    told: Any, order: Order | None, line: Line | None, rate: Fraction, digits: int, *, gross: bool
) -> Fraction:
    """The net of an invoice line (its gross where all lines tell only that); a bare quantity is a piece of the order's line."""
    if gross or told.net is not None:
        return Fraction(told.gross if gross else told.net)
    if told.gross is not None:
        return rounded(Fraction(told.gross) / (1 + rate), digits)
    if line is None or order is None or told.qty is None or not line.qty:
        return ZERO
    net = rounded(line.amount / (1 + line.rate), order.digits) if order.gross else line.amount
    return rounded(net * Fraction(told.qty) / line.qty, digits)


def taken_off(bills: Iterable[tuple[Bill, Fraction]]) -> dict[Name, Fraction]:
    """Of one order's papers with what is open of each: what credit notes take off each invoice as all stands now. One that names its
    invoice takes off that one; the others the oldest due (§1.10: its own order's, never another's)."""
    papers = sorted(bills, key=lambda each: each[0].place)
    left = {bill.thing.name: part for bill, part in papers if part > 0}
    start = dict(left)
    for bill, part in sorted((p for p in papers if p[1] < 0), key=lambda each: not key(each[0].thing.record.credits)):
        rest = -part
        for name in [bill.credits] if key(bill.thing.record.credits) else list(left):
            taken = min(rest, left.get(name, ZERO))  # type: ignore[arg-type]
            if taken and name:
                left[name] -= taken
                rest -= taken
    return {name: start[name] - part for name, part in left.items()}


class Till:
    """One book: what of its payments settles which order on which invoice, day by day."""

    def __init__(self, books: Any, book: Book, payments: Sequence[Agreed]) -> None:
        self.books, self.book, self.payments = books, book, payments
        self.bills: dict[Name, Bill] = {b.thing.name: b for b in books.papers if b.thing.record.state == "posted"}
        self.paid: dict[tuple[Name | None, Any], Fraction] = defaultdict(Fraction)
        self.credited: dict[tuple[Name, Any], Fraction] = defaultdict(Fraction)
        self.found: list[Row] = []

    def run(self) -> list[Row]:
        """Every share of this book's payments."""
        notes = [bill for bill in self.bills.values() if bill.thing.record.type == "credit_note"]
        events: list[tuple[Any, ...]] = [(note.thing.record.invoice_date, 0, note.thing, note) for note in notes]
        events += [(day_of(paid.record.paid_at), 1, paid, paid) for paid in self.payments]
        events.sort(key=lambda told: (told[0] or date.min, told[1], told[2].record.number, told[2].name[2]))
        for _day, paid, _thing, what in events:
            (self._pay if paid else self._credit)(what)
        return self.found

    def open(self, name: Name, order: Order | None) -> Fraction:
        """Row − paid − credited."""
        whole = sum((share.amount for share in self.bills[name].shares if share.order is order), ZERO)
        return whole - self.paid[name, order] - self.credited[name, order]

    def opens(self, name: Name) -> list[tuple[Order | None, Fraction]]:
        return [(share.order, self.open(name, share.order)) for share in self.bills[name].shares]

    def _own_bills(self, order: Order, like: Row, currency: str) -> list[Bill]:
        """The order's invoices in the words of the source that wrote the credit note ``like``."""
        return [
            bill
            for bill in sorted(self.bills.values(), key=lambda bill: bill.place)
            if bill.thing.record.type != "credit_note" and self.books.currency_of(bill.thing) == currency
            and any(share.order is order and share.stands == like.stands for share in bill.shares)
        ]  # fmt: skip

    def _credit(self, note: Bill) -> None:
        """Its own order's open part on its own invoice, never another's; what the payments themselves settle of it is left out."""
        told = [a for thing in self.payments for a in self._told(thing) if a[0] == note.thing.name]
        refunded = min(sum((-amount for _, _, amount in told), ZERO), -note.total)
        sizes = [(share, -share.amount) for share in note.shares]
        told_of = dict(divided(max(refunded, ZERO), sizes, 4)) if note.total < 0 else {}
        for share in note.shares:
            if share.order is None:
                continue
            rest = -share.amount - told_of.get(share, ZERO)
            for bill in self._own_bills(share.order, share, self.books.currency_of(note.thing)):
                name = bill.thing.name
                if key(note.thing.record.credits) and name != note.credits:
                    continue
                taken = max(ZERO, min(rest, self.open(name, share.order)))
                rest -= taken
                self.credited[name, share.order] += taken
                self.credited[note.thing.name, share.order] -= taken

    def _told(self, thing: Agreed) -> Iterator[tuple[Name | None, Name | None, Fraction]]:
        """(invoice, order, amount) as allocated: Σ from a payment ≤ its amount and what credit notes gave (§1.4, E12)."""
        record, things = thing.record, self.books.things
        given = sum((-Fraction(told.amount) for told in record.allocations if told.amount < 0), ZERO)
        rest, sign = Fraction(record.amount) + given, -1 if record.direction == "out" else 1
        for told in record.allocations:
            amount = min(Fraction(told.amount), rest) if told.amount > 0 else Fraction(told.amount)
            rest -= max(amount, ZERO)
            invoice = things.meant("invoice", thing.lines_by, told.invoice)
            order = None if invoice else things.meant("order", thing.lines_by, told.order)
            yield invoice, order, sign * amount

    def _pay(self, thing: Agreed) -> None:
        record = thing.record
        if record.allocations:
            for invoice, order, amount in list(self._told(thing)):
                self._settle(thing, invoice, order, amount)
            return
        words = record.reference.split()
        rest = Fraction(record.amount) * (-1 if record.direction == "out" else 1)
        for text in words:
            invoice = self.books.things.meant("invoice", thing.lines_by, text)
            name = None if invoice else self.books.things.meant("order", thing.lines_by, text)
            if invoice:
                due = sum((part for _, part in self._parts(invoice, rest)), ZERO) if invoice in self.bills else ZERO
            else:
                order = self.books.orders[name] if name else None
                due = sum((self.open(bill, order) for bill in self.books.bills_of(order)), ZERO) if order else ZERO
                due = sum((part for _, part in self._given(order)), ZERO) if order and rest < 0 else due
            amount = (
                rest if name and len(words) == 1 and rest > 0 else ZERO if rest * due <= 0 else min(rest, due, key=abs)
            )
            rest -= amount
            self._settle(thing, invoice, name, amount)

    def _parts(self, invoice: Name, amount: Fraction) -> list[tuple[Order | None, Fraction]]:
        """What each order has open; what goes back, by what each has paid."""
        if (amount > 0) == (self.bills[invoice].total >= 0):
            return self.opens(invoice)
        return [(share.order, -self.paid[invoice, share.order]) for share in self.bills[invoice].shares]

    def _given(self, order: Order) -> list[tuple[Name | None, Fraction]]:
        """What can go back for an order: its credit notes, what it was paid in advance, then its invoices, the newest first."""
        mine = {
            bill: sum(s.amount for s in self.bills[bill].shares if s.order is order)
            for bill in self.books.bills_of(order)
        }
        notes = [(bill, min(ZERO, self.open(bill, order))) for bill, share in mine.items() if share < 0]
        billed = [bill for bill, share in mine.items() if share >= 0]
        return notes + [(bill, -self.paid[bill, order]) for bill in (None, *reversed(billed))]

    def _settle(self, thing: Agreed, invoice: Name | None, name: Name | None, amount: Fraction) -> None:
        """On an invoice no more than is open (I-23), by what each order has open; back no more than was paid, by what each has paid.
        For an order: its open invoices, oldest due first, then itself; back no more than it has."""
        if invoice in self.bills and amount:
            parts = self._parts(invoice, amount)
            room = sum((part for _, part in parts), ZERO)
            amount = ZERO if amount * room <= 0 else min(amount, room, key=abs)
            for order, share in divided(amount, parts, self.books.digits_of(thing)) if amount else ():
                self._write(thing, order, share, invoice)
        elif name and not invoice:
            order, rest = self.books.orders[name], amount
            for bill, most in self._given(order) if rest < 0 else ():
                taken = max(rest, most)
                rest -= taken
                self._write(thing, order, taken, bill)
            for bill in self.books.bills_of(order) if rest > 0 else ():
                taken = max(ZERO, min(rest, self.open(bill, order)))
                rest -= taken
                self._write(thing, order, taken, bill)
            self._write(thing, order, max(ZERO, rest), None)

    def _write(self, thing: Agreed, order: Order | None, amount: Fraction, invoice: Name | None) -> None:
        if amount:
            self.found.append(Row("money", order, self.books.stands(thing), True, amount=amount, invoice=invoice))
            self.paid[invoice, order] += amount
