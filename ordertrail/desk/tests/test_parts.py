"""What one system keeps as several papers and another as one: two receipts of a transfer, two delivery notes of a wave."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.desk.laws import verify
from ordertrail.desk.tests.histories import Say
from ordertrail.desk.tests.test_oracle import Company, differences
from ordertrail.desk.tests.test_oracle_stories import billed, figures, figures_of, for_line, lived, order
from ordertrail.records.shapes import AllocationRecord, PaymentRecord, Same, ShipmentLineRecord, ShipmentRecord

pytestmark = pytest.mark.django_db
D = Decimal


def receipt(ref: str, amount: int, invoice: str, **more: Any) -> Say:
    """One of the ERP's receipts of the bank's transfer 778."""
    part = (AllocationRecord(D(amount), invoice=invoice),)
    return Say(
        "erp", PaymentRecord(ref, f"PAY-{ref}", D(amount), same_as=(Same("778", "bank"),), allocations=part, **more), ""
    )


def transfer(amount: int) -> Say:
    return Say("bank", PaymentRecord("7", "778", D(amount), paid_at=date(2026, 9, 5)), "")


def two_orders() -> tuple[Say, ...]:
    """SO-1 and SO-2 with an invoice of 100.00 each."""
    orders = (Say("oms", order(ref, f"SO-{ref}"), "") for ref in "12")
    return (*orders, *(Say("erp", billed(ref, f"INV-{ref}", for_line("1", f"SO-{ref}", 10)), "") for ref in "12"))


def test_a_transfer_that_the_erp_books_as_two_receipts_pays_both_invoices(db: None) -> None:
    company = lived(*two_orders(), transfer(200), receipt("1", 100, "INV-1"), receipt("2", 100, "INV-2"))
    assert figures("paid", "open_receivable") == {"SO-1/1": (D(100), D(0)), "SO-2/2": (D(100), D(0))}
    assert list(verify()) == []
    company.live([receipt("2", 100, "INV-2", state="cancelled")])  # it does not book what it has cancelled
    assert figures_of(company, "paid") == {"SO-1/1": (D(100),), "SO-2/2": (D(0),)}
    company.turn(("bank", "payment", "7"), 2)  # without the transfer each receipt stands for itself
    assert differences(company) == []


def test_two_receipts_for_one_invoice_pay_it_whole(db: None) -> None:
    lived(*two_orders(), receipt("2", 53, "INV-1"), receipt("1", 47, "INV-1"), transfer(100))
    assert figures("paid", "open_receivable") == {"SO-1/1": (D(100), D(0)), "SO-2/2": (D(0), D(100))}


def test_where_the_erp_is_believed_before_the_bank_its_receipts_make_the_amount(db: None) -> None:
    company = Company()
    company.by["erp"].money_rank, company.by["bank"].money_rank = 1, 2
    for code in ("erp", "bank"):
        company.by[code].save()
    company.words.systems = company.systems()
    company.live([*two_orders(), transfer(160), receipt("1", 100, "INV-1"), receipt("2", 60, "INV-2")])
    assert figures_of(company, "paid") == {"SO-1/1": (D(100),), "SO-2/2": (D(60),)}


def note(code: str, ref: str, lines: tuple[ShipmentLineRecord, ...], *same: Same) -> Say:
    return Say(code, ShipmentRecord(ref, f"{code}-{ref}", lines=lines, same_as=same), "")


@pytest.mark.parametrize("told", [False, True])
def test_a_wave_that_the_erp_writes_as_two_notes_is_sent_once(told: bool, db: None) -> None:
    lines = tuple(ShipmentLineRecord(ref, "A", D(4 + int(ref)), f"SO-{ref}") for ref in "12")
    wave = note("wms", "9", lines if told else ())
    notes = (note("erp", line.ref, (line,), Same("wms-9", "wms")) for line in lines)
    lived(*two_orders(), wave, *notes)
    assert figures("shipped_qty") == {"SO-1/1": (D(5),), "SO-2/2": (D(6),)}


def test_two_packages_that_the_erp_writes_as_one_note_are_both_sent(db: None) -> None:
    packages = (note("wms", ref, (ShipmentLineRecord("1", "A", D(4), "SO-1"),)) for ref in "12")
    same = (Same("wms-1", "wms"), Same("wms-2", "wms"))
    lived(*two_orders(), *packages, note("erp", "1", (ShipmentLineRecord("1", "A", D(8), "SO-1"),), *same))
    assert figures("shipped_qty") == {"SO-1/1": (D(8),), "SO-2/2": (D(0),)}
