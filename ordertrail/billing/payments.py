"""Steps that write payments as their groups agree on them, with each order's share of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from ordertrail.billing.credit_notes import bound_by_credits
from ordertrail.billing.dividing import Billing, Opens, Part, cap
from ordertrail.billing.models import Allocation, InvoiceShare, Payment, PaymentShare
from ordertrail.billing.rules import guesses_in, numbers_in
from ordertrail.lib import bulk
from ordertrail.lib.ids import LINES
from ordertrail.lib.moments import moment
from ordertrail.lib.money import MONEY_SCALE, minor_digits, to_units
from ordertrail.lib.numbers import number_key
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
SHARE = ("id", "payment", "invoice", "order", "amount", "standing", "counts")


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
    allocations: dict[int, list[Part]] = defaultdict(list)
    for row in bulk.select(
        f"SELECT payment_id, id, invoice_id, order_id, amount, by_reference FROM {bulk.table(Allocation)}"
        f" WHERE payment_id IN {bulk.among()} AND (NOT guessed OR invoice_id IS NOT NULL OR order_id IS NOT NULL) ORDER BY id",
        [bulk.bound(ids)],
    ):
        allocations[row[0]].append(Part(*row[1:]))
    for payment, _, amount, *_ in heads:
        if allocations[payment] and not allocations[payment][0].by_reference:
            cap(amount, allocations[payment])  # those that are not known yet too: their money is not for the others
    desk = Opens(
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
