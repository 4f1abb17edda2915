"""Money that goes back to the customer, named in the bank's text or told by the system, with the figures that domain.md gives it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.billing.models import PaymentShare
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.histories import Say
from ordertrail.desk.tests.test_oracle import Company, differences
from ordertrail.desk.tests.test_oracle_stories import figures, figures_of, lived
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ShipmentLineRecord,
    ShipmentRecord,
)

pytestmark = pytest.mark.django_db
D = Decimal

MONEY = ("paid", "deposit", "open_receivable", "payment", "status")


def moved(ref: str, qty: int, direction: str = "out") -> Say:
    lines = (ShipmentLineRecord("1", "A", D(qty), "SO-1"),)
    return Say("wms", ShipmentRecord(ref, f"SH-{ref}", direction=direction, lines=lines), "")


def paper(ref: str, number: str, qty: int, due: int, **more: Any) -> Say:
    line = InvoiceLineRecord("1", "SO-1", "1", sku="A", qty=D(qty), net=D(qty * 100), tax_rate=D("0.13"))
    day = date(2026, 9, due)
    return Say(
        "erp", InvoiceRecord(ref, number, currency="CNY", lines=(line,), invoice_date=day, due_date=day, **more), ""
    )


def moves(ref: str, amount: int, text: str, day: int, direction: str = "in") -> Say:
    paid = PaymentRecord(
        ref, f"PAY-{ref}", D(amount), direction=direction, reference=text, paid_at=date(2026, 9, day), currency="CNY"
    )
    return Say("bank", paid, "")


def back(ref: str, amount: int, text: str, day: int = 14) -> Say:
    return moves(ref, amount, text, day, "out")


def bought(*more: Say) -> Company:
    """Ten pieces at 100.00 with 13 % of tax, all out and billed on INV-1001."""
    line = OrderLineRecord("1", "A", D(10), price=D(100), tax_rate=D("0.13"))
    order = Say("oms", OrderRecord("1", "SO-1", currency="CNY", lines=(line,)), "")
    return lived(order, moved("1", 10), paper("1", "INV-1001", 10, 2), *more)


PAID = moves("1", 1130, "INV-1001", 5)
NOTE = (moved("2", 1, "in"), paper("2", "CN-1001", 1, 12, type="credit_note"))


@pytest.mark.parametrize("text", ["CN-1001", "INV-1001", "SO-1"])
def test_a_refund_takes_back_what_its_text_names(text: str, db: None) -> None:
    bought(PAID, *NOTE, back("2", 113, text))
    assert figures(*MONEY) == {"SO-1/1": (D(1017), D(0), D(0), "paid", "done")}
    assert list(verify()) == []


@pytest.mark.parametrize("text", ["INV-1001", "SO-1"])
def test_a_refund_without_a_credit_note_makes_the_order_due_again(text: str, db: None) -> None:
    company = bought(PAID, back("2", 130, text))
    assert figures(*MONEY) == {"SO-1/1": (D(1000), D(0), D(130), "partially", "confirmed")}
    company.live([moves("3", 130, "SO-1", 15)])  # and may be paid once more
    assert figures_of(company, *MONEY) == {"SO-1/1": (D(1130), D(0), D(0), "paid", "done")}


def test_what_goes_back_for_an_order_is_first_what_was_kept_for_it_and_then_paid_last(db: None) -> None:
    company = bought(paper("2", "INV-1002", 1, 9), moves("1", 1300, "SO-1", 10))
    assert figures("paid", "deposit") == {"SO-1/1": (D(1243), D(57))}
    company.live([back("2", 100, "SO-1")])
    assert figures_of(company, "paid", "deposit", "due_date") == {"SO-1/1": (D(1200), D(0), date(2026, 9, 9))}
    company.live([back("3", 2000, "SO-1", 15)])  # more than there is
    assert figures_of(company, "paid", "deposit") == {"SO-1/1": (D(0), D(0))}
    assert list(verify()) == []


def test_a_deposit_that_goes_back_is_gone_whoever_came_first(db: None) -> None:
    line = OrderLineRecord("1", "A", D(10), price=D(100), tax_rate=D("0.13"))
    order = Say("oms", OrderRecord("1", "SO-1", currency="CNY", lines=(line,)), "")
    for story in (
        (moves("1", 500, "SO-1", 5), back("2", 200, "SO-1")),
        (back("2", 200, "SO-1"), moves("1", 500, "SO-1", 5)),
    ):
        company = lived(order, *story)
        assert figures("paid", "deposit") == {"SO-1/1": (D(0), D(300))}
    told = PaymentRecord(
        "3",
        "PAY-3",
        D(900),
        direction="out",
        paid_at=date(2026, 9, 20),
        allocations=(AllocationRecord(D(900), order="SO-1"),),
    )
    company.live([Say("bank", told, "")])
    assert differences(company) == []
    assert figures("paid", "deposit", "payment") == {"SO-1/1": (D(0), D(0), "refunded")}
    assert sorted(PaymentShare.objects.values_list("amount", flat=True)) == [D(-300), D(-200), D(500)]
