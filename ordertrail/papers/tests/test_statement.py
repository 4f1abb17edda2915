"""Chen sends a customer its account: every paper of the period, to the cent what the books say, and never a part of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ordertrail.billing.models import Payment
from ordertrail.billing.queries import owed, rests
from ordertrail.desk.tests.desk_machine import Life, history
from ordertrail.desk.tests.shop import Shop
from ordertrail.lib.money import MONEY_SCALE, to_units
from ordertrail.orders.models import OrderStatus
from ordertrail.papers.statement import accounts
from ordertrail.papers.tests.reading import Read
from ordertrail.parties.models import Customer
from ordertrail.records.models import DESK
from ordertrail.records.own import documents_of
from ordertrail.records.shapes import AllocationRecord, CustomerRecord, PaymentRecord
from ordertrail.till.tests.sending import Sender, rows, text_of
from ordertrail.till.tests.test_money import NEW, billed
from ordertrail.track.tests.order_company import A, Company, at, e1, e19

FILE = "/customers/C1/statement/pdf/"
PAGE = "/customers/C1/statement/"
ALL = (date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def chen(shop: Shop) -> Sender:
    return Sender("chen")


def by_the_books(customer: Customer) -> dict[str, int]:
    """By currency the open receivable of a customer's orders less its money that settles nothing, in money units; what another system
    took for an order before its invoice is such money too."""
    found: dict[str, int] = {}
    for status in OrderStatus.objects.filter(customer=customer.pk).select_related("order__home"):
        told = status.open_receivable - (0 if status.order.home.kind == DESK else status.deposit)
        found[status.currency] = found.get(status.currency, 0) + to_units(told, MONEY_SCALE)
    mine = Payment.objects.filter(customer__in=documents_of(customer.pk), state="done")
    came = dict(mine.filter(refunds=None).values_list("pk", "currency"))
    for payment, rest in rests(came).items():
        found[came[payment]] = found.get(came[payment], 0) - rest
    return {currency: amount for currency, amount in found.items() if amount}


def balances(customer: Customer) -> dict[str, int]:
    return {one.currency: to_units(one.closing, MONEY_SCALE) for one in accounts(customer, *ALL) if one.closing}


def only(customer: Customer, since: date, until: date) -> Any:
    """The one account of a customer that deals in one currency."""
    (found,) = accounts(customer, since, until)
    return found


def test_e1_is_told_to_the_cent(shop: Shop, chen: Sender) -> None:
    _a, _b, first, second = billed(shop, chen)
    chen.send(NEW, amount="1,000")
    paid = Payment.objects.get()
    told = Read(chen, FILE)
    assert [page.split("\n") for page in told.pages] == [[
        "Ordertrail", "Statement of account", "Customer: 远帆船舶", "Customer code: C1", "Period: 2026-09-01 – 2026-09-16",
        "Page 1 of 1", "CNY", "Date", "Kind", "Number", "Amount", "Balance", "Opening balance", "0.00",
        "2026-09-16", "Invoice", first.number, "904.00", "904.00",
        "2026-09-16", "Invoice", second.number, "226.00", "1,130.00",
        "2026-09-16", "Payment", paid.number, "−1,000.00", "130.00",
        "2026-09-16", "Closing balance", "130.00", "CNY · Open on 2026-09-16 by days since the invoice",
        "0–7 days", "8–14 days", "15–30 days", "> 30 days", "Not yet set off", "Owed now",
        "130.00", "0.00", "0.00", "0.00", "0.00", "130.00",
        "Amounts incl. tax. Figures as the books know them on 2026-09-16.",
        "Made out by", "Checked by", "Confirmed by the customer",
    ]]  # fmt: skip
    assert (told.sizes, told.embedded) == ({(210.0, 297.0)}, True)
    customer = Customer.objects.get(code="C1")
    assert balances(customer) == by_the_books(customer) == dict(owed(customer.pk)) == {"CNY": 1_300_000}


def test_money_that_settles_nothing_and_a_credit_note_stand_on_it(shop: Shop, chen: Sender) -> None:
    _a, _b, _first, second = billed(shop, chen)
    chen.send(NEW, amount="2,000")
    chen.send(f"/invoices/~{second.pk}/credit/")
    customer = Customer.objects.get(code="C1")
    one = only(customer, *ALL)
    kinds = [(entry.kind, str(amount)) for entry, amount, _owed in one.rows]
    assert kinds == [
        ("invoice", "904.0000"), ("invoice", "226.0000"), ("credit_note", "-226.0000"), ("payment", "-2000.0000"),
    ]  # fmt: skip
    assert (one.closing, one.ages, one.credit) == (-1096, (0, 0, 0, 0), -1096)
    assert balances(customer) == by_the_books(customer)


def test_what_was_before_the_period_is_its_opening_balance(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    chen.send(NEW, amount="1,000")
    customer = Customer.objects.get(code="C1")
    later = only(customer, date(2026, 9, 17), date(2026, 9, 30))
    assert (later.opening, later.rows, later.closing) == (130, (), 130)
    sooner = only(customer, date(2026, 8, 1), date(2026, 8, 31))
    assert (sooner.opening, sooner.rows, sooner.closing, sooner.balance) == (0, (), 0, 130)
    (page,) = Read(chen, f"{FILE}?from=2026-08-01&to=2026-08-31&lang=zh-hans").pages
    assert "期间：2026-08-01 – 2026-08-31" in page
    assert "2026-08-31\n期末余额\n0.00\nCNY · 截至 2026-09-16 未收金额，按开票后天数" in page


def test_the_page_shows_what_the_file_will_hold(shop: Shop, chen: Sender) -> None:
    _a, _b, first, _second = billed(shop, chen)
    customer = Customer.objects.get(code="C1")
    assert f'href="/customers/~{customer.pk}/statement/"' in chen.get("/customers/C1/").replace("%7E", "~")
    page = chen.get(PAGE)
    assert "Opening balance 0.00 09-16 Invoice" in text_of(page)
    assert f'href="/invoices/{first.number}/"' in page
    assert "Closing balance 1,130.00" in text_of(page)
    assert 'formaction="pdf/"' in page


def test_wrong_days_are_refused_and_a_part_of_an_account_is_none(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    before = rows()
    words = "The period begins on 2026-09-20 and ends on 2026-09-01, before it begins."
    for address in (PAGE, FILE):
        assert words in text_of(chen.get(f"{address}?from=2026-09-20&to=2026-09-01", 422))
        assert "“soon” is no day" in text_of(chen.get(f"{address}?from=soon", 422))
    shop.anna.own_customers_only = True
    shop.anna.save()
    anna = Sender(shop.anna)
    for address in (PAGE, FILE):
        assert "you see the orders of your own customers only" in text_of(anna.get(address, 403))
    assert "/statement/" not in anna.get("/customers/C1/")
    assert "may not see orders" in text_of(Sender("gus").get(FILE, 403))
    assert rows() == before


def test_an_account_takes_as_many_queries_however_long_it_is(shop: Shop, chen: Sender) -> None:
    billed(shop, chen)
    customer = Customer.objects.get(code="C1")
    with CaptureQueriesContext(connection) as short:
        accounts(customer, *ALL)
    for _each in range(3):
        chen.send(NEW, amount="100")
    with CaptureQueriesContext(connection) as long:
        assert len(only(customer, *ALL).rows) == 5
    assert len(long) == len(short)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_account_of_any_company_closes_with_what_the_books_say(seed: int) -> None:
    company = Life()
    for step in history(seed, 30):
        company.step(step)
    checked = 0
    for customer in Customer.objects.all():
        assert balances(customer) == by_the_books(customer)
        for one in accounts(customer, *ALL):
            assert sum(one.ages) + one.credit == one.balance == one.closing
            assert one.credit <= 0
            checked += len(one.rows)
    assert checked


@pytest.mark.django_db
def test_the_account_of_mirrored_papers_closes_with_what_the_books_say() -> None:
    company = Company()
    company.say("oms", at(1), CustomerRecord("9", "C-009", "Sailfar"))
    e19(company)
    e1(company)
    sailfar = Customer.objects.get(code="C-009")
    one = only(sailfar, *ALL)
    told = [(entry.kind, entry.number, str(amount), str(owed)) for entry, amount, owed in one.rows]
    assert told == [
        ("invoice", "INV-2609-0018", "904.0000", "904.0000"), ("invoice", "INV-2609-0019", "226.0000", "1130.0000"),
        ("payment", "BANK-102", "-1000.0000", "130.0000"),
    ]  # fmt: skip
    assert (one.ages, one.credit) == ((130, 0, 0, 0), 0)
    company.say("bank", at(16), PaymentRecord("B9", "BANK-109", Decimal(70), paid_at=at(16), currency="CNY",
                                              allocations=(AllocationRecord(Decimal(70), order=A),)))  # fmt: skip
    one = only(sailfar, *ALL)
    assert one.closing == 60
    other = only(Customer.objects.get(code="C-007"), *ALL)
    assert (other.closing, other.ages) == (1356, (1356, 0, 0, 0))
    for customer in Customer.objects.all():
        assert balances(customer) == by_the_books(customer)
