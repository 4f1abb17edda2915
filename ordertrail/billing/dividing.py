"""How payments are divided among orders: what each order still owes on each invoice, as each book has left it (domain.md §1.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ordertrail.billing.credit_notes import bound_by_credits
from ordertrail.billing.invoices import NOBODY, Name, named
from ordertrail.billing.models import Invoice, InvoiceShare
from ordertrail.billing.rules import payment_shares, within
from ordertrail.lib import bulk
from ordertrail.orders.queries import currencies
from ordertrail.records.models import SourceDocument
from ordertrail.records.rules import NEVER

Billing = Callable[[set[int]], Mapping[int, int]]
"""The standing whose invoices count, for each of these orders."""
Share = tuple[int | None, int | None, int]
"""(invoice, order, amount): what of a payment is an order's (None: of one that is not known yet), and for which of its invoices (None:
for the order itself)."""


class Part:
    """One allocation while payments are divided."""

    __slots__ = ("amount", "by_reference", "id", "invoice", "order")

    def __init__(self, id_: int, invoice: int | None, order: int | None, amount: int, by_reference: bool) -> None:
        self.id, self.invoice, self.order, self.amount, self.by_reference = id_, invoice, order, amount, by_reference


@dataclass(slots=True)
class _Note:
    """A credit note while payments are divided: its place in time, and by order the invoices that it takes off, oldest due first."""

    place: tuple[str, str, str]
    invoice: int
    wanted: dict[int, tuple[int, str, bool, int | None]]
    against: dict[int, list[int]] = field(default_factory=dict)


def cap(amount: int, parts: Iterable[Part]) -> None:
    """Allocate no more than came in, and what credit notes gave (domain.md §1.4, E12): where the cashier booked more than the bank has,
    the last parts get less."""
    every = list(parts)
    sign, rest = (-1 if amount < 0 else 1), abs(amount)
    rest += sum(-sign * part.amount for part in every if sign * part.amount < 0)
    for part in (part for part in every if sign * part.amount > 0):
        if sign * part.amount > rest:
            part.amount = sign * rest
        rest -= sign * part.amount


class Opens:
    """What each order still owes on each invoice, as each ``book`` has left it: a source's payments, or what its orders
    report as paid."""

    def __init__(
        self, invoices: set[int], allocations: dict[int, list[Part]], billing: Billing, books: Mapping[int, int]
    ) -> None:
        orders = {part.order for parts in allocations.values() for part in parts if part.order}
        self.of_order = self._invoices_of(orders, billing(orders) if orders else {})
        every = bound_by_credits(invoices | {invoice for listed in self.of_order.values() for invoice in listed})
        self.shares: dict[int, dict[int | None, int]] = defaultdict(dict)
        rows = bulk.select(
            f"SELECT s.invoice_id, s.order_id, s.gross, i.currency FROM {bulk.table(InvoiceShare)} s"
            f" JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
            f" WHERE s.invoice_id IN {bulk.among()} AND i.state = 'posted'",
            [bulk.bound(every)],
        )
        self._currencies: dict[int, str] = currencies(orders)
        for invoice, order, gross, currency in rows:
            self._currencies[invoice] = currency
            self.shares[invoice][order] = gross
        known = {order for shares in self.shares.values() for order in shares if order is not None}
        self.names: dict[int | None, Name] = {None: NOBODY}
        for order, name in named(known).items():
            self.names[order] = name
        self.paid: dict[tuple[int, int | None, int | None], int] = defaultdict(int)
        self.credited: dict[tuple[int, int, int | None], int] = defaultdict(int)
        self._notes = self._credit_notes(every)
        self._credited_to: dict[int, int] = defaultdict(int)
        self._told: dict[tuple[int, int], int] = defaultdict(int)
        for payment, book in books.items():
            for part in allocations[payment]:
                if part.invoice and not part.by_reference:
                    self._told[book, part.invoice] += part.amount

    @staticmethod
    def _invoices_of(orders: set[int], believed: Mapping[int, int]) -> dict[int, list[int]]:
        """Posted invoices of these orders that count for them, oldest due first."""
        rows = bulk.select(
            f"SELECT s.order_id, s.due_date, i.number, d.ref, i.id, s.standing FROM {bulk.table(InvoiceShare)} s"
            f" JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id JOIN {bulk.table(SourceDocument)} d ON d.id = i.id"
            f" WHERE i.state = 'posted' AND s.order_id IN {bulk.among()}",
            [bulk.bound(orders)],
        )
        found: dict[int, list[int]] = defaultdict(list)
        for order, _, _, _, invoice, stands in sorted(rows, key=lambda row: (str(row[1] or ""), *row[2:4])):
            if stands == believed[order] < NEVER:
                found[order].append(invoice)
        return found

    def currency(self, part: Part) -> str:
        """That of the invoice or order which the allocation is for; "" where none is known."""
        return self._currencies.get(part.invoice or part.order or 0, "")

    def open(self, book: int, invoice: int, order: int | None) -> int:
        """What ``order`` (None: those not known yet) still owes on ``invoice`` by the payments of ``book`` so far."""
        told = self.shares[invoice].get(order, 0)
        return told - self.paid[book, invoice, order] - self.credited[book, invoice, order]

    @staticmethod
    def _credit_notes(invoices: set[int]) -> list[_Note]:
        """The credit notes among these invoices, oldest first, with the invoices that each may take off, for each of its orders."""
        rows = bulk.select(
            "SELECT s.order_id, s.due_date, i.number, d.ref, i.id, s.standing, i.type, i.currency, i.invoice_date, i.credits_key,"
            f" i.credits_id FROM {bulk.table(InvoiceShare)} s JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
            f" JOIN {bulk.table(SourceDocument)} d ON d.id = i.id"
            f" WHERE i.state = 'posted' AND s.invoice_id IN {bulk.among()} AND s.order_id IS NOT NULL",
            [bulk.bound(invoices)],
        )
        billed: dict[tuple[int, int, str], list[int]] = defaultdict(list)
        notes: dict[int, _Note] = {}
        for order, _, number, ref, invoice, stands, kind, currency, day, key, target in sorted(
            rows, key=lambda row: (str(row[1] or ""), *row[2:4])
        ):
            if kind != "credit_note":
                billed[order, stands, currency].append(invoice)
                continue
            note = notes.setdefault(invoice, _Note((str(day or ""), number, ref), invoice, {}))
            note.wanted[order] = (stands, currency, bool(key), target)
        for note in notes.values():
            for order, (stands, currency, by_name, target) in note.wanted.items():
                own = billed[order, stands, currency]
                note.against[order] = [invoice for invoice in own if not by_name or invoice == target]
        return sorted(notes.values(), key=lambda note: note.place)

    def credit(self, book: int, day: str) -> None:
        """Take the credit notes up to ``day`` off what is open, as far as the payments of ``book`` don't settle them themselves."""
        while self._credited_to[book] < len(self._notes) and self._notes[self._credited_to[book]].place[0] <= day:
            note = self._notes[self._credited_to[book]]
            self._credited_to[book] += 1
            shares = self.shares[note.invoice]
            told = within(min(0, self._told[book, note.invoice]), sum(shares.values()))
            parts = payment_shares(told, [(self.names[order], gross) for order, gross in shares.items()], 4)
            for order, invoices in note.against.items():
                rest = parts.get(self.names[order], 0) - shares[order]
                for invoice in invoices:
                    taken = max(0, min(rest, self.open(book, invoice, order)))
                    rest -= taken
                    self.credited[book, invoice, order] += taken
                    self.credited[book, note.invoice, order] -= taken

    def spread(self, book: int, amount: int, parts: Iterable[Part], digits: int, *, alone: bool) -> list[Share]:
        """Divide a payment among what was only named in the payer's text: each part takes what those before it left open, until the
        money is used; an order that is named ``alone`` takes it all. What goes back takes what was paid before."""
        rest = amount
        shares: list[Share] = []
        for part in parts:
            part.amount = rest if alone and part.order and rest > 0 else within(rest, self._due(book, part, rest))
            rest -= part.amount
            shares += self.divide(book, part, digits)
        return shares

    def _due(self, book: int, part: Part, amount: int) -> int:
        """What is still open on the invoice, or on the order's invoices, that the allocation is for; where ``amount`` goes back, what
        can."""
        if part.invoice:
            return sum(room for _, room in self._rooms(book, part.invoice, amount))
        if part.order and amount < 0:
            return sum(room for _, room in self._backs(book, part.order))
        if part.order:
            return sum(self.open(book, invoice, part.order) for invoice in self.of_order.get(part.order, ()))
        return 0

    def divide(self, book: int, part: Part, digits: int) -> Iterator[Share]:
        """The shares of one allocation."""
        if not part.amount:
            return
        if part.invoice:
            yield from self._on_invoice(book, part.invoice, part.amount, digits)
        elif part.order:
            rest = part.amount
            opens = ((invoice, self.open(book, invoice, part.order)) for invoice in self.of_order.get(part.order, ()))
            for invoice, room in self._backs(book, part.order) if rest < 0 else [*opens, (None, rest)]:
                if taken := within(rest, room):
                    self.paid[book, invoice, part.order] += taken
                    rest -= taken
                    yield invoice, part.order, taken

    def _backs(self, book: int, order: int) -> list[tuple[int | None, int]]:
        """What may go back for ``order``, below zero: what its credit notes give, then what was kept for itself, then what was paid on
        its invoices, the newest first (domain.md §1.10)."""
        listed = self.of_order.get(order, ())
        notes = [invoice for invoice in listed if self.shares[invoice][order] < 0]
        paid = (None, *(invoice for invoice in reversed(listed) if invoice not in notes))
        return [(n, min(0, self.open(book, n, order))) for n in notes] + [(i, -self.paid[book, i, order]) for i in paid]

    def _rooms(self, book: int, invoice: int, amount: int) -> list[tuple[int | None, int]]:
        """What each order has open on an invoice; where ``amount`` goes back, what each has paid."""
        shares = self.shares[invoice]
        back = (amount < 0) != (sum(shares.values()) < 0)
        return [(o, -self.paid[book, invoice, o] if back else self.open(book, invoice, o)) for o in shares]

    def _on_invoice(self, book: int, invoice: int, amount: int, digits: int) -> Iterator[Share]:
        """No more than is open there; what goes back, by what each order has paid, and no more than that (domain.md §1.4)."""
        names = {self.names[order]: order for order in self.shares[invoice]}
        parts = [(self.names[order], room) for order, room in self._rooms(book, invoice, amount)]
        for name, share in payment_shares(within(amount, sum(part for _, part in parts)), parts, digits).items():
            order = names[name]
            self.paid[book, invoice, order] += share
            if share:
                yield invoice, order, share
