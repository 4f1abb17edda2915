"""What the hub says is open of each order's part of an invoice is what the store says, to the cent."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.api.invoices import parts_of
from ordertrail.billing.models import InvoiceShare
from ordertrail.desk.tests.till import Till
from ordertrail.hub import read
from ordertrail.hub.folder import Folder
from ordertrail.hub.tests.world import make_company, say
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.shapes import InvoiceLineRecord, InvoiceRecord, OrderLineRecord, OrderRecord, PaymentRecord

pytestmark = [pytest.mark.slow, pytest.mark.store]

D = Decimal
SHARES = "SELECT invoice_id, order_id, gross, paid, credited, written_off, open FROM {fact_invoice_share}"
ROUNDS = 8

Parts = dict[tuple[int, int], tuple[int, ...]]


@pytest.fixture
def dora(hub: Folder) -> Person:
    return Person.objects.create_person("dora", "", "manager")


def in_hub(person: Person) -> Parts:
    """By invoice and order: gross, paid, credited, written off, open."""
    read.forget()
    return {(row[0], row[1]): tuple(row[2:]) for row in read.query(SHARES, {}, person).rows}


def in_store() -> Parts:
    """The same as the API tells it, of what counts."""
    shares = InvoiceShare.objects.filter(counts=True, order__isnull=False).values_list("invoice", "order")
    told = parts_of([invoice for invoice, _ in shares])
    found = {(invoice, order): told[invoice][order] for invoice, order in shares}
    return {key: (one.gross, one.paid, one.credited, one.written_off, one.open) for key, one in found.items()}


def same(person: Person) -> Parts:
    """That both say the same of each share, and that an order's shares add up to what its status says; what they say."""
    found = in_hub(person)
    assert found == in_store()
    by_order: dict[int, int] = {}
    for (_, order), (*_, still) in found.items():
        by_order[order] = by_order.get(order, 0) + still
    told = OrderStatus.objects.filter(pk__in=by_order).values_list("pk", "open_receivable")
    assert by_order == {order: int(still * 10_000) for order, still in told}
    return found


def test_a_credit_note_takes_off_the_invoice_that_it_names_and_else_the_oldest_due(
    dora: Person, bring_up: Callable[..., Any]
) -> None:
    by = make_company()
    line = OrderLineRecord("1", "LAMP", D(10), price=D(10), tax_rate=D(0))
    billed = InvoiceLineRecord("1", "SO-1", sku="LAMP", qty=D(5), net=D(50), tax_rate=D(0))
    first = InvoiceRecord("1", "INV-1", due_date=date(2026, 9, 20), currency="CNY", lines=(billed,))
    later = InvoiceRecord("2", "INV-2", due_date=date(2026, 9, 25), currency="CNY", lines=(billed,))
    back = replace(billed, qty=D(7), net=D(70))
    note = InvoiceRecord("3", "CN-1", type="credit_note", currency="CNY", lines=(back,))
    say(by["oms"], OrderRecord("1", "SO-1", currency="CNY", lines=(line,)))
    say(by["erp"], later, first, note)
    paid = PaymentRecord("1", "PAY-1", D(10), currency="CNY", reference="INV-2")

    def opens() -> list[tuple[int, int]]:
        """Of INV-1, INV-2 and CN-1 in whole yuan: credited and open."""
        bring_up()
        names = dict(InvoiceShare.objects.values_list("invoice", "invoice__number"))
        told = {names[invoice]: (part[2] // 10_000, part[4] // 10_000) for (invoice, _), part in same(dora).items()}
        return [told[number] for number in ("INV-1", "INV-2", "CN-1")]

    assert opens() == [(50, 0), (20, 30), (-70, 0)]
    say(by["bank"], paid)
    assert opens() == [(50, 0), (20, 20), (-70, 0)]
    say(by["erp"], replace(note, credits="inv 2"))
    assert opens() == [(0, 50), (50, 0), (-50, -20)]  # credited before it is paid; the note's rest is the customer's
    say(by["erp"], replace(note, credits="INV-9"))
    assert opens() == [(0, 50), (0, 40), (0, -70)]  # meant for one that nobody knows


def a_paper(dice: random.Random) -> InvoiceRecord:
    """One of eight bills and notes of two orders, as it is told now."""
    number = dice.randrange(8)
    lines = tuple(
        InvoiceLineRecord(str(place), f"SO-{dice.randrange(2)}", "", net=D(dice.randrange(100, 90_000)) / 100)
        for place in range(1, dice.randrange(2, 4))
    )
    return InvoiceRecord(
        f"i{number}",
        f"INV-{number}",
        type="credit_note" if number % 2 else "invoice",
        due_date=dice.choice((None, date(2026, 9, dice.randrange(1, 30)))),
        currency="CNY",
        credits=dice.choice(("", f"INV-{dice.randrange(8)}")),
        lines=lines,
    )


def test_of_random_papers_the_hub_says_what_the_store_says(dora: Person, bring_up: Callable[..., Any]) -> None:
    by, dice = make_company(), random.Random(2026)
    line = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D(0))
    say(by["oms"], *(OrderRecord(f"o{n}", f"SO-{n}", currency="CNY", lines=(line,)) for n in range(2)))
    kinds = set()
    for round_ in range(ROUNDS):
        for _ in range(4):
            say(by["erp"], a_paper(dice))
        if round_ % 2:
            amount = D(dice.randrange(100, 40_000)) / 100
            say(
                by["bank"], PaymentRecord(f"p{round_}", f"P-{round_}", amount, reference=f"INV-{dice.randrange(4) * 2}")
            )
        bring_up()
        kinds |= {((part[2] > 0) - (part[2] < 0), (part[4] > 0) - (part[4] < 0)) for part in same(dora).values()}
    # Bills wholly and partly credited, notes used up, used in part and not at all.
    assert kinds >= {(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)}


def test_of_our_own_papers_too(dora: Person, bring_up: Callable[..., Any]) -> None:
    till = Till()
    a, b = till.sold("SO-1", 5, sku="LAMP"), till.sold("SO-2", 2, sku="LAMP")
    bill = till.billed(a, b)
    till.credit(bill, (1, 2))
    bring_up()
    found = same(dora)
    assert sorted(part[2:] for part in found.values()) == [
        (-2_260_000, 0, 0), (0, 0, 2_260_000), (2_260_000, 0, 3_390_000),
    ]  # fmt: skip
    till.pay(500, [(bill, 500)], difference="write_off")
    bring_up()
    assert sorted(part[1:] for part in same(dora).values()) == [
        (0, -2_260_000, 0, 0), (2_000_000, 0, 260_000, 0), (3_000_000, 2_260_000, 390_000, 0),
    ]  # fmt: skip
