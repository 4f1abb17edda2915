"""The story of each check: how it is seen, what it says, how it goes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ordertrail.desk.sweep import sweep
from ordertrail.findings.follow import daily
from ordertrail.findings.models import Finding
from ordertrail.findings.tests.company import (
    ERP_BILLS_10,
    OMS_X,
    QUIET,
    WMS_SHIPS_6,
    WMS_X,
    crm_order,
    opened,
    say,
    step,
)
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    PaymentRecord,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

pytestmark = pytest.mark.django_db
D = Decimal
WMS_SHIPS_6_OF_X = replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(6), "SO-2609-0027"),))


def test_ordered_differs(by: dict[str, Source]) -> None:
    by["crm"].settings = {"streams": [{"kind": "order", "line_fields": {"qty": "quantity"}}]}
    by["crm"].save()
    line = replace(OMS_X.lines[0], qty=D(12))
    say(by["crm"], crm_order(lines=(line,)))
    assert opened() == [("ordered_differs", "CRM ordered 12 ≠ OMS ordered 10", D("271.20"))]
    assert step("ordered_differs") == (
        "Ask sales what was agreed. 10: change “quantity” of CT-0331 in CRM; 12: change SO-2609-0027 in OMS."
        " It closes by itself."
    )
    say(by["crm"], crm_order(lines=(replace(line, qty=D(10)),)))
    assert opened() == []


def test_ordered_differs_names_the_product_where_one_line_of_several_differs(by: dict[str, Source]) -> None:
    second = OrderLineRecord("2", "HL-NL02", D(3), price=D(50), tax_rate=D("0.13"))
    say(by["oms"], replace(QUIET, lines=(*OMS_X.lines, second)))
    say(by["crm"], crm_order(lines=(OMS_X.lines[0], replace(second, qty=D(5)))))
    assert opened() == [("ordered_differs", "CRM ordered 5 ≠ OMS ordered 3 · HL-NL02", D("113.00"))]
    say(by["crm"], crm_order(lines=(replace(OMS_X.lines[0], qty=D(9)), replace(second, qty=D(4)))))
    assert opened() == [("ordered_differs", "CRM ordered other lines than OMS: 2 pcs apart", D("192.10"))]


def test_promised_differs(by: dict[str, Source]) -> None:
    say(by["crm"], crm_order(promised_date=date(2026, 9, 18)))
    assert opened() == [("promised_differs", "CRM promised 09-18 ≠ OMS promised 09-21", D("1356.00"))]
    assert step("promised_differs") == (
        "Ask sales which day the customer was told. 09-21: change the promised day of CT-0331 in CRM; 09-18: change"
        " SO-2609-0027 in OMS. It closes by itself."
    )
    say(by["crm"], crm_order(promised_date=date(2026, 9, 21)))
    assert opened() == []


def test_shipped_differs_when_the_other_system_is_behind(by: dict[str, Source]) -> None:
    say(by["wms"], WMS_X)
    say(by["wms"], WMS_SHIPS_6)
    say(by["oms"], replace(QUIET, lines=(replace(OMS_X.lines[0], shipped_qty=D(2)),)))
    assert opened() == [("shipped_differs", "OMS shipped 2 ≠ WMS sent 6", D("542.40"))]
    assert step("shipped_differs") == (
        "Compare the shipments of both. If 4 pcs have left: enter them in OMS (SO-2609-0027, the shipped quantity); if"
        " not: cancel their shipment in WMS. It closes by itself."
    )


def test_invoiced_differs(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], ERP_BILLS_10)
    say(by["oms"], replace(QUIET, invoiced=D("1130.00")))
    assert opened() == [("invoiced_differs", "OMS invoiced 1,130.00 ≠ ERP invoiced 1,356.00", D("226.00"))]
    assert step("invoiced_differs") == (
        "Finance compares the invoices. If ERP is right: change the invoiced amount of SO-2609-0027 in OMS to 1,356.00; if"
        " not: put the invoice right in ERP (INV-2609-0024). It closes by itself."
    )
    say(by["oms"], replace(QUIET, invoiced=D("1356.00")))
    assert opened() == []


def test_paid_differs(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], ERP_BILLS_10)
    booked = PaymentRecord(
        "P1", "PAY-1", D(1356), currency="CNY", same_as=(Same("B-1", "bank"),), customer_name="启明船厂",
        allocations=(AllocationRecord(D(1356), "INV-2609-0024"),),
    )  # fmt: skip
    say(by["erp"], booked)
    assert opened() == [
        ("paid_differs", "ERP paid 1,356.00 ≠ Bank paid 0.00", D("1356.00"))
    ]  # money that the bank never had
    say(by["bank"], PaymentRecord("B-1", "B-1", D(1311), currency="CNY", reference="INV-2609-0024"))
    assert opened() == [("paid_differs", "ERP paid 1,356.00 ≠ Bank paid 1,311.00", D("45.00"))]
    assert step("paid_differs") == (
        "Compare PAY-1 in ERP with Bank (B-1): change the amount in ERP to 1,311.00, or find the 45.00 between them."
        " It closes by itself."
    )
    say(by["erp"], replace(booked, amount=D(1311), allocations=(AllocationRecord(D(1311), "INV-2609-0024"),)))
    assert opened() == []


def test_invoiced_over_shipped_on_several_lines_and_where_nobody_speaks_of_goods(by: dict[str, Source]) -> None:
    second = OrderLineRecord("2", "HL-NL02", D(3), price=D(50), tax_rate=D("0.13"))
    say(by["oms"], replace(QUIET, lines=(*OMS_X.lines, second)))
    bill = replace(ERP_BILLS_10, total=None, lines=(
        replace(ERP_BILLS_10.lines[0], qty=D(12), net=D(1440)),
        InvoiceLineRecord("2", "SO-2609-0027", sku="HL-NL02", qty=D(4), net=D(200)),
    ))  # fmt: skip
    say(by["erp"], bill)
    assert opened() == [("invoiced_over_shipped", "Invoiced 16 > ordered 13: 3 pcs, 290.00 in all", D("327.70"))]
    say(by["wms"], replace(WMS_SHIPS_6, lines=(
        ShipmentLineRecord("1", "HL-BL24", D(12), "SO-2609-0027"), ShipmentLineRecord("2", "HL-NL02", D(3), "SO-2609-0027"),
    )))  # fmt: skip
    assert opened() == [("invoiced_over_shipped", "Invoiced 4 > shipped 3: 1 pcs × 50.00 · HL-NL02", D("56.50"))]
    say(by["erp"], InvoiceRecord("I2", "CN-1", type="credit_note", currency="CNY",
                                 lines=(InvoiceLineRecord("1", "SO-2609-0027", sku="HL-NL02", qty=D(1), net=D(50)),)))  # fmt: skip
    assert opened() == []


def test_finished_below_ordered_only_when_somebody_takes_it_as_done(by: dict[str, Source]) -> None:
    work = WorkOrderRecord("M1", "WO-1", "HL-BL24", D(10), D(8), order="SO-2609-0027", due_date=date(2026, 9, 18))
    say(by["mes"], work)
    assert opened() == []  # the work simply goes on
    say(by["mes"], replace(work, state="done"))
    assert opened() == [("finished_below_ordered", "Finished 8 < ordered 10, 2 pcs short", D("271.20"))]
    assert step("finished_below_ordered") == (
        "WO-1 was closed 2 pcs short. If they are made: book them in MES; if not: open a work order for them."
        " It closes by itself."
    )
    say(by["mes"], WorkOrderRecord("M2", "WO-2", "HL-BL24", D(2), D(0), order="SO-2609-0027"))
    assert opened() == []  # a new one makes the rest
    say(by["wms"], WMS_X)
    say(by["wms"], replace(WMS_SHIPS_6, lines=(replace(WMS_SHIPS_6.lines[0], qty=D(10)),)))
    assert [row[1] for row in opened()] == ["Finished 8 < ordered 10, 2 pcs short"]  # yet all ten have left
    say(by["mes"], replace(work, finished_qty=D(10), state="done"))
    assert opened() == []


def test_late_from_the_day_after_until_it_has_left(by: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(6), "SO-2609-0027"),)))
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-21")
    assert (opened(), daily(), opened()) == ([], 0, [])
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-22")
    assert opened() == []  # nothing has changed but the day
    assert (daily(), daily()) == (1, 1)
    assert opened() == [("late", "Late: 4 pcs to ship, promised 09-21", D("542.40"))]
    row = Finding.objects.get(check_name="late")
    assert row.since == datetime(2026, 9, 21, 16, tzinfo=UTC)  # midnight in Shanghai
    assert step("late") == (
        "Ship what is there; for the rest agree another day with the customer and change the promised day of SO-2609-0027 in"
        " OMS. It closes by itself."
    )
    say(by["oms"], replace(QUIET, promised_date=date(2026, 9, 30)))
    assert opened() == []


def test_total_differs_by_more_than_rounding(by: dict[str, Source]) -> None:
    say(by["oms"], replace(QUIET, total=D("1356.01")))
    assert opened() == []  # a cent a line is rounding
    say(by["oms"], replace(QUIET, total=D("1360.00")))
    assert opened() == [("total_differs", "OMS SO-2609-0027: total 1,360.00 ≠ its lines 1,356.00", D("4.00"))]
    say(by["oms"], QUIET)
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], replace(ERP_BILLS_10, total=D("1400.00")))
    assert opened() == [("total_differs", "ERP INV-2609-0024: total 1,400.00 ≠ its lines 1,356.00", D("44.00"))]
    say(by["erp"], ERP_BILLS_10)
    assert opened() == []


def test_cancelled_but_open(by: dict[str, Source]) -> None:
    say(by["crm"], crm_order(state="confirmed"))
    say(by["oms"], replace(QUIET, state="cancelled"))
    assert opened() == [("cancelled_but_open", "OMS cancelled it, in CRM it is still open", D("1356.00"))]
    assert step("cancelled_but_open") == (
        "Ask the customer. If it has ended: end CT-0331 in CRM too; if not: open SO-2609-0027 again in OMS."
        " It closes by itself."
    )
    say(by["crm"], crm_order(state="closed"))
    assert opened() == []
    say(by["oms"], QUIET)
    assert [row[1] for row in opened()] == ["CRM closed it, in OMS it is still open"]


def test_gone_from_source_while_something_names_it(by: dict[str, Source]) -> None:
    say(by["wms"], WMS_SHIPS_6_OF_X)
    assert opened() == []
    for _ in range(2):
        sweep(by["oms"], "order", [], sure=True)
    assert opened() == [
        ("gone_from_source", "Gone from OMS; still named by SH-2609-0029", D("1356.00")),
        ("unmatched_line", "WMS SH-2609-0029: nobody knows the order SO26090027", None),
    ]
    assert step("gone_from_source") == (
        "Ask who deleted SO-2609-0027 (1,356.00) in OMS. If by mistake: enter it again under its number; if not: take back"
        " SH-2609-0029 in their systems. It closes by itself."
    )
    say(by["oms"], QUIET)
    assert opened() == []


def test_paid_not_invoiced(by: dict[str, Source]) -> None:
    money = PaymentRecord("B1", "B1", D(1356), customer_name="启明船厂", currency="CNY", reference="SO-2609-0027")
    say(by["bank"], money)
    assert opened() == []  # a deposit
    say(by["wms"], WMS_SHIPS_6_OF_X)
    assert opened() == [("paid_not_invoiced", "Paid 1,356.00, shipped 813.60, invoiced 0.00", D("813.60"))]
    assert step("paid_not_invoiced") == (
        "Write an invoice over 813.60 for SO-2609-0027 in the system that keeps the invoices. It closes by itself."
    )
    say(by["erp"], replace(ERP_BILLS_10, total=None, lines=(replace(ERP_BILLS_10.lines[0], qty=D(6), net=D(720)),)))
    assert opened() == []


def test_a_draft_is_nobodys_problem(by: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    say(by["oms"], replace(QUIET, state="draft"))
    say(by["crm"], crm_order(state="draft", lines=(replace(OMS_X.lines[0], qty=D(12)),)))
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-30")
    daily()
    assert opened() == []


def test_a_shipment_for_two_orders_is_looked_at_for_both(by: dict[str, Source]) -> None:
    say(by["oms"], replace(OMS_X, ref="18", number="SO-B"))
    say(by["oms"], OMS_X)
    both = ShipmentRecord("S9", "SH-9", shipped_at=date(2026, 9, 14), lines=(
        ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"), ShipmentLineRecord("2", "HL-BL24", D(7), "SO-B"),
    ))  # fmt: skip
    say(by["wms"], both)
    assert opened() == [("shipped_differs", "OMS shipped 10 ≠ WMS sent 7", D("406.80"))]
