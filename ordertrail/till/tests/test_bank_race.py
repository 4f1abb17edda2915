"""Two clerks take one bank line at the same moment: one payment is made, the other is told that it is done."""

from __future__ import annotations

from datetime import date

import pytest

from ordertrail.billing.bank import Entry, Told
from ordertrail.billing.models import BankLine, Payment
from ordertrail.desk.bank import bring, take
from ordertrail.desk.pay import Paid
from ordertrail.desk.tests.shop import Shop
from ordertrail.desk.tests.test_billing_race import at_once
from ordertrail.parties.models import Customer
from ordertrail.web.tests.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.store]


def test_one_line_one_payment_and_one_file_once() -> None:
    Shop()
    chen, dana = person("chen"), person("dana")
    day = date(2026, 9, 15)
    told = Told("1", "table", (Entry(2, day, 9_040_000, "CNY", "远帆船舶", "货款"),))
    assert at_once(
        *(lambda by=by, sha=sha: bring(by, told, "a.csv", sha) for by, sha in ((chen, "1"), (dana, "2")))
    ) == ["", ""]
    line = BankLine.objects.get()
    paid = Paid(Customer.objects.get(code="C1").pk, day, 9_040_000, "CNY")
    assert at_once(*(lambda by=by: take(by, line.pk, paid) for by in (chen, dana, chen))) == [
        "",
        "bank_done",
        "bank_done",
    ]
    line.refresh_from_db()
    assert [line.payment] == list(Payment.objects.all())
