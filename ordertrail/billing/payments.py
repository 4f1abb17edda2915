"""Steps that write payments as their groups agree on them, and divide them among orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ordertrail.billing.credit_notes import bound_by_credits
from ordertrail.billing.invoices import NOBODY, Name, named
from ordertrail.billing.models import Allocation, Invoice, InvoiceShare, Payment, PaymentShare
from ordertrail.billing.rules import guesses_in, numbers_in, payment_shares, within
from ordertrail.lib import bulk
from ordertrail.lib.ids import LINES
from ordertrail.lib.moments import moment
from ordertrail.lib.money import MONEY_SCALE, minor_digits, to_units
from ordertrail.lib.numbers import number_key
from ordertrail.orders.queries import currencies
from ordertrail.records.merge import Merged
from ordertrail.records.models import SourceDocument
from ordertrail.records.own import own_among
from ordertrail.records.queries import Finder
from ordertrail.records.rules import NEVER, Standing
from ordertrail.records.shapes import PaymentRecord

PAYMENT = (
    "id", "company", "home", "number", "state", "reported", "paid_at", "paid_date", "payer", "currency", "amount", "reference",
)  # fmt: skip
ALLOCATION = (
    "id",
    "payment",
    "line",
    "invoice_key",
    "order_key",
    "invoice",
    "order",
    "amount",
    "by_reference",
    "guessed",
)
Billing = Callable[[set[int]], Mapping[int, int]]
"""The standing whose invoices count, for each of these orders."""
SHARE = ("id", "payment", "invoice", "order", "amount", "standing", "counts")
_Share = tuple[int | None, int | None, int]
"""(invoice, order, amount): what of a payment is an order's (None: of one that is not known yet), and for which of its invoices (None:
for the order itself)."""


def remove(ids: Sequence[int]) -> None:
    """Delete the rows of these payments."""
    bulk.delete(PaymentShare, "payment", ids)
    bulk.delete(Allocation, "payment", ids)
    bulk.delete(Payment, "id", ids)


def write(payments: Sequence[Merged[PaymentRecord]], invoices: Finder, orders: Finder, currency: str) -> None:
    """Write the agreed payments and what they say they are for; ``settle`` then divides them."""
    silent = [m for m in payments if not m.record.allocations]
    keys = {m.group: numbers_in(m.record.reference) for m in silent}
    guesses = {m.group: guesses_in(m.record.reference, m.record.amount) for m in silent if m.record.reference}
    for finder, name in ((invoices, "invoice"), (orders, "order")):
        finder.learn((m.lines_from, getattr(a, name)) for m in payments for a in m.record.allocations)
        finder.learn((m.lines_from, key) for m in payments for key in keys.get(m.group, ()))
        finder.learn((0, key) for listed in guesses.values() for some in listed for key in some)
    bulk.insert(Payment, PAYMENT, [_payment(m, currency) for m in payments])
    bulk.insert(
        Allocation,
        ALLOCATION,
        [
            row
            for m in payments
            for row in _allocations(m, keys.get(m.group, []), guesses.get(m.group, ([], [])), invoices, orders)
        ],
    )


def _payment(merged: Merged[PaymentRecord], currency: str) -> tuple[Any, ...]:
    record = merged.record
    at, day, _ = moment(record.paid_at)
    amount = to_units(record.amount, MONEY_SCALE) * (-1 if record.direction == "out" else 1)
    return (
        merged.group, 1, merged.home, record.number[:100], record.state, record.reported, at, day, record.customer_name[:200],
        record.currency or currency, amount, record.reference[:300],
    )  # fmt: skip


def _allocations(
    merged: Merged[PaymentRecord],
    named: Sequence[str],
    guesses: tuple[Sequence[str], Sequence[str]],
    invoices: Finder,
    orders: Finder,
) -> Iterator[tuple[Any, ...]]:
    """What it says it is for. A plain figure counts only where exactly one document bears it, and where nothing better is known."""
    record, by = merged.record, merged.lines_from
    sign = -1 if record.direction == "out" else 1
    for place, told in enumerate(record.allocations, 1):
        invoice, order = invoices.find(by, told.invoice), orders.find(by, told.order)
        yield (
            merged.group * LINES + place, merged.group, place, number_key(told.invoice)[:100], number_key(told.order)[:100],
            invoice, order if invoice is None else None, sign * to_units(told.amount, MONEY_SCALE), False, False,
        )  # fmt: skip
    known = False
    for place, key in enumerate(named, 1):
        invoice = invoices.find(by, key)
        order = None if invoice else orders.find(by, key)
        known = known or (invoice or order) is not None
        yield merged.group * LINES + place, merged.group, place, key, key, invoice, order, 0, True, False
    short, bare = guesses
    for place, key in enumerate([*short, *bare], len(named) + 1):
        invoice, order = invoices.find(0, key), orders.find(0, key)
        if (invoice is not None and order is not None) or (known and key in bare):
            invoice = order = None
        known = known or (key in short and (invoice or order) is not None)
        yield merged.group * LINES + place, merged.group, place, key, key, invoice, order, 0, True, True


def around(payments: Iterable[int], invoices: Iterable[int]) -> set[int]:
    """Every payment whose division hangs together with these payments and invoices: shares of one invoice depend on what was paid
    on it before, and what goes back of an order on what was kept for it, so all their payments are divided again, in order."""
    seen: set[int] = set()
    edge = set(payments)
    asked = set(invoices)
    done: set[int] = set()
    while edge or asked:
        if asked:
            asked = bound_by_credits(asked) - done
            done |= asked
            edge |= _reached("payment_id", "invoice_id", asked)
        edge -= seen
        seen |= edge
        asked = _reached("invoice_id", "payment_id", edge) - done if edge else set()
        edge = _for_their_orders(edge) - seen if edge else set()
    return seen


def _for_their_orders(payments: set[int]) -> set[int]:
    """Payments that name an order which one of these names."""
    allocation = bulk.table(Allocation)
    rows = bulk.select(
        f"SELECT payment_id FROM {allocation} WHERE order_id IN"
        f" (SELECT order_id FROM {allocation} WHERE payment_id IN {bulk.among()})",
        [bulk.bound(payments)],
    )
    return {row[0] for row in rows}


def _reached(wanted: str, by: str, keys: set[int]) -> set[int]:
    """Payments that reach these invoices, or invoices that these payments reach: through an allocation, or through an order that an
    allocation names and that stands on the invoice."""
    allocation, share = bulk.table(Allocation), bulk.table(InvoiceShare)
    side = {"payment_id": "a", "invoice_id": "s"}
    rows = bulk.select(
        f"SELECT {wanted} FROM {allocation} WHERE {by} IN {bulk.among()} AND {wanted} IS NOT NULL"
        f" UNION SELECT {side[wanted]}.{wanted} FROM {allocation} a JOIN {share} s ON s.order_id = a.order_id"
        f" WHERE {side[by]}.{by} IN {bulk.among()}",
        [bulk.bound(keys), bulk.bound(keys)],
    )
    return {row[0] for row in rows}


def settle(payments: Iterable[int], standing: Standing, billing: Billing) -> tuple[set[int], set[int]]:
    """Divide these payments among orders, oldest first, and write their shares; returns the orders concerned before and after, and the
    payments of which more or less is placed now, or placed on parts whose order nobody knows.

    ``payments`` must be closed under ``around``; ``billing`` tells whose invoices count for an order. A payment of one source is set
    against what *that* source's payments have left open, so that bank and ERP may both tell of the same money; and so may a source's
    payments and the sum paid that its order tells (reported), of which only one counts. Payments of our own are left alone: their
    shares were fixed when they were allocated.
    """
    asked = set(payments)
    ids = sorted(asked - own_among(asked))
    if not ids:
        return set(), set()
    placed = _placed(ids)
    before = {
        row[0]
        for row in bulk.select(
            f"SELECT DISTINCT order_id FROM {bulk.table(PaymentShare)} WHERE payment_id IN {bulk.among()}"
            " AND order_id IS NOT NULL",
            [bulk.bound(ids)],
        )
    }
    bulk.delete(PaymentShare, "payment", ids)
    heads = bulk.select(
        f"SELECT p.id, p.home_id, p.amount, p.reported, p.currency, p.paid_date, p.number, d.ref FROM {bulk.table(Payment)} p"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = p.id WHERE p.id IN {bulk.among()} AND p.state = 'done'",
        [bulk.bound(ids)],
    )
    heads.sort(key=lambda row: (str(row[5] or ""), *row[6:]))  # not in SQL: the same on both stores, whoever came first
    books = {row[0]: 2 * row[1] + bool(row[3]) for row in heads}
    allocations: dict[int, list[_Part]] = defaultdict(list)
    for row in bulk.select(
        f"SELECT payment_id, id, invoice_id, order_id, amount, by_reference FROM {bulk.table(Allocation)}"
        f" WHERE payment_id IN {bulk.among()} AND (NOT guessed OR invoice_id IS NOT NULL OR order_id IS NOT NULL) ORDER BY id",
        [bulk.bound(ids)],
    ):
        allocations[row[0]].append(_Part(*row[1:]))
    for payment, _, amount, *_ in heads:
        if allocations[payment] and not allocations[payment][0].by_reference:
            _cap(amount, allocations[payment])  # those that are not known yet too: their money is not for the others
    desk = _Opens(
        {part.invoice for parts in allocations.values() for part in parts if part.invoice}, allocations, billing, books
    )
    rows: list[tuple[Any, ...]] = []
    found: list[tuple[int, int]] = []
    for payment, home, amount, reported, currency, paid_date, *_ in heads:
        digits, stands = minor_digits(currency), standing(home, bool(reported))
        book = books[payment]
        desk.credit(book, str(paid_date or ""))
        every = allocations[payment]
        parts = [part for part in every if desk.currency(part) == currency]
        if parts and parts[0].by_reference:
            shares = desk.spread(book, amount, parts, digits, alone=len(every) == 1)
            found += [(part.id, part.amount) for part in parts]
        else:
            shares = [share for part in parts for share in desk.divide(book, part, digits)]
        rows += [
            (payment * LINES + place, payment, invoice, order, share, stands, False)
            for place, (invoice, order, share) in enumerate(shares, 1)
        ]
    bulk.update(Allocation, ("id", "amount"), found)
    bulk.insert(PaymentShare, SHARE, rows)
    believe_nobodys({row[2] for row in rows if row[3] is None})
    now = _placed(ids)
    return before | {row[3] for row in rows if row[3] is not None}, {pk for pk in ids if placed.get(pk) != now.get(pk)}


def _placed(payments: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """How much of each payment is placed, and what of it with nobody."""
    rows = bulk.select(
        "SELECT payment_id, SUM(amount), SUM(CASE WHEN order_id IS NULL THEN id ELSE 0 END),"
        " SUM(CASE WHEN order_id IS NULL THEN amount ELSE 0 END), SUM(CASE WHEN order_id IS NULL AND counts THEN 1 ELSE 0 END)"
        f" FROM {bulk.table(PaymentShare)} WHERE payment_id IN {bulk.among()} GROUP BY payment_id",
        [bulk.bound(payments)],
    )
    return {row[0]: row[1:] for row in rows}


def believe_nobodys(invoices: Collection[int]) -> set[int]:
    """Let one source count of those that settle a part of these invoices whose order is not known: no order can agree on it. Returns
    the payments of which that has changed."""
    if not invoices:
        return set()
    table = bulk.table(PaymentShare)
    rows = bulk.select(
        f"SELECT id, invoice_id, standing, counts, payment_id FROM {table} WHERE order_id IS NULL AND invoice_id IN {bulk.among()}",
        [bulk.bound(invoices)],
    )
    best: dict[int, int] = {}
    for _, invoice, stands, _, _ in rows:
        best[invoice] = min(best.get(invoice, NEVER), stands)
    wrong = [
        (pk, not counts, payment)
        for pk, invoice, stands, counts, payment in rows
        if (stands == best[invoice] < NEVER) != bool(counts)
    ]
    bulk.update(PaymentShare, ("id", "counts"), [row[:2] for row in wrong])
    return {row[2] for row in wrong}


class _Part:
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


def _cap(amount: int, parts: Iterable[_Part]) -> None:
    """Allocate no more than came in, and what credit notes gave (domain.md §1.4, E12): where the cashier booked more than the bank has,
    the last parts get less."""
    every = list(parts)
    sign, rest = (-1 if amount < 0 else 1), abs(amount)
    rest += sum(-sign * part.amount for part in every if sign * part.amount < 0)
    for part in (part for part in every if sign * part.amount > 0):
        if sign * part.amount > rest:
            part.amount = sign * rest
        rest -= sign * part.amount


class _Opens:
    """What each order still owes on each invoice, as each ``book`` has left it: a source's payments, or what its orders
    report as paid."""

    def __init__(
        self, invoices: set[int], allocations: dict[int, list[_Part]], billing: Billing, books: Mapping[int, int]
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

    def currency(self, part: _Part) -> str:
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

    def spread(self, book: int, amount: int, parts: Iterable[_Part], digits: int, *, alone: bool) -> list[_Share]:
        """Divide a payment among what was only named in the payer's text: each part takes what those before it left open, until the
        money is used; an order that is named ``alone`` takes it all. What goes back takes what was paid before."""
        rest = amount
        shares: list[_Share] = []
        for part in parts:
            part.amount = rest if alone and part.order and rest > 0 else within(rest, self._due(book, part, rest))
            rest -= part.amount
            shares += self.divide(book, part, digits)
        return shares

    def _due(self, book: int, part: _Part, amount: int) -> int:
        """What is still open on the invoice, or on the order's invoices, that the allocation is for; where ``amount`` goes back, what
        can."""
        if part.invoice:
            return sum(room for _, room in self._rooms(book, part.invoice, amount))
        if part.order and amount < 0:
            return sum(room for _, room in self._backs(book, part.order))
        if part.order:
            return sum(self.open(book, invoice, part.order) for invoice in self.of_order.get(part.order, ()))
        return 0

    def divide(self, book: int, part: _Part, digits: int) -> Iterator[_Share]:
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

    def _on_invoice(self, book: int, invoice: int, amount: int, digits: int) -> Iterator[_Share]:
        """No more than is open there; what goes back, by what each order has paid, and no more than that (domain.md §1.4)."""
        names = {self.names[order]: order for order in self.shares[invoice]}
        parts = [(self.names[order], room) for order, room in self._rooms(book, invoice, amount)]
        for name, share in payment_shares(within(amount, sum(part for _, part in parts)), parts, digits).items():
            order = names[name]
            self.paid[book, invoice, order] += share
            if share:
                yield invoice, order, share
