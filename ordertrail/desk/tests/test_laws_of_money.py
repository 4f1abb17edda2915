"""What breaks a law of our own invoices and payments is named; a company whose money is right breaks none."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, Payment, PaymentShare, Setoff
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.till import Till
from ordertrail.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.store]


def posted(kind: str = "invoice") -> Any:
    return Invoice.objects.filter(state="posted", type=kind)


PLANTS: dict[str, Callable[[], object]] = {
    "no_more_is_allocated_than_came_in": lambda: Payment.objects.filter(refunds=None).update(amount=Decimal(50)),
    "no_more_is_settled_than_was_billed": lambda: Setoff.objects.update(amount=F("amount") + 5000000),
    "money_is_of_the_currency_of_its_invoice": lambda: Payment.objects.update(currency="USD"),
    "no_more_goes_back_than_came_in": lambda: Payment.objects.filter(amount__lt=0).update(amount=Decimal(-5000)),
    "shares_make_the_allocation": lambda: PaymentShare.objects.update(amount=F("amount") - 10000),
    "a_draft_has_no_number": lambda: Invoice.objects.filter(state="draft").update(number="INV-2026-00009"),
    "numbers_are_strict": lambda: posted().update(number="INV-2026-00003"),
    "an_order_line_stands_once_on_an_invoice": lambda: InvoiceLine.objects.filter(invoice__in=posted()).update(
        order_line=InvoiceLine.objects.filter(invoice__in=posted()).values_list("order_line", flat=True)[0]
    ),
    "one_customer_and_currency_an_invoice": lambda: Order.objects.filter(number="SO-2").update(currency="USD"),
}


@pytest.fixture
def till(db: None) -> Till:
    """Two orders on one invoice, paid in part, credited in part; a draft; a refund."""
    made = Till()
    a, b = made.sold("SO-1", 2), made.sold("SO-2", 3)
    bill = made.billed(a, b)
    paid = made.pay(120, [(bill, 100)])
    made.refund(paid, 10)
    made.credit(bill, (2, 1))
    made.draft(made.sold("SO-3", 1))
    assert list(verify()) == []
    return made


@pytest.mark.parametrize("law", sorted(PLANTS))
def test_what_breaks_a_law_is_named(till: Till, law: str) -> None:
    assert Allocation.objects.count() == 1
    PLANTS[law]()
    assert law in {broken.law for broken in verify()}
