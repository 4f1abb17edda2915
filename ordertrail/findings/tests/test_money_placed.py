"""The stories of money that is placed nowhere: what went back, and what two systems tell of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from ordertrail.findings.models import Finding
from ordertrail.findings.tests.company import ERP_BILLS_10, OMS_X, WMS_SHIPS_6, company, opened, say, step
from ordertrail.records.models import Source
from ordertrail.records.shapes import AllocationRecord, CustomerRecord, PaymentRecord, ShipmentLineRecord

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def by(db: None) -> dict[str, Source]:
    """The company, with order X shipped and billed: 1,356.00 on INV-2609-0024."""
    by = company()
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"), OMS_X)
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], ERP_BILLS_10)
    assert opened() == []
    return by


def told(ref: str, amount: int, reference: str = "", **more: object) -> PaymentRecord:
    paid = PaymentRecord(ref, f"B-{ref}", D(amount), paid_at=date(2026, 9, 15), currency="CNY", reference=reference)
    return replace(paid, **more)  # type: ignore[arg-type]


def test_money_that_went_back_for_nothing_is_told(by: dict[str, Source]) -> None:
    out = told("2", 113, "refund", direction="out", customer_name="启明船厂")
    say(by["bank"], out)
    title = "113.00 went back (B-2), for no payment and no credit note that is known"
    assert opened() == [("unmatched_payment", title, D(113))]
    assert step("unmatched_payment") == (
        "Ask sales what was paid back (receiver: 启明船厂, remark: refund). Then book B-2 on its credit note or invoice in the system"
        " that keeps the payments. It closes by itself."
    )
    say(by["bank"], told("1", 1356, "INV-2609-0024"))
    assert opened() == [("unmatched_payment", title, D(113))]
    say(by["bank"], replace(out, reference="refund INV-2609-0024"))
    assert opened() == []


def test_more_than_was_paid_goes_back(by: dict[str, Source]) -> None:
    say(by["bank"], told("1", 100, "INV-2609-0024"), told("2", 113, "SO-2609-0027", direction="out"))
    assert opened() == [
        ("unmatched_payment", "13.00 went back (B-2), for no payment and no credit note that is known", D(13))
    ]


def test_an_overpayment_that_bank_and_erp_see_is_told_once_by_whom_one_believes(by: dict[str, Source]) -> None:
    part = AllocationRecord(D(1356), invoice="INV-2609-0024")
    say(by["erp"], told("E", 1426, customer_name="启明船厂", allocations=(part,)))
    assert unmatched() == [("ERP", "70")]
    say(by["bank"], told("B", 1426, "INV-2609-0024", customer_name="启明船厂"))
    assert unmatched() == [("Bank", "70")]
    say(by["bank"], told("B", 1436, "INV-2609-0024", customer_name="启明船厂"))  # not the same money
    assert unmatched() == [("Bank", "80"), ("ERP", "70")]


def unmatched() -> list[tuple[str, str]]:
    """By whom which money that is placed nowhere is told."""
    opened()
    rows = Finding.objects.filter(check_name="unmatched_payment", status="open")
    return sorted((row.facts["source"], row.facts["rest"]) for row in rows)
