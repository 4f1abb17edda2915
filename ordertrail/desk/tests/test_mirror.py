"""What five systems say becomes one order: scenarios E1 and E19 of the domain, by their figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.desk.mirror import mirror
from ordertrail.findings.tests.company import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X, company, say
from ordertrail.lib import clock
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records.actions import Said
from ordertrail.records.models import SourceDocument, SourceVersion
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
)

D = Decimal
pytestmark = pytest.mark.django_db


def status_of(number: str) -> OrderStatus:
    return OrderStatus.objects.get(number=number)


def test_five_systems_one_order_and_each_fact_from_the_one_that_is_believed(db: None) -> None:
    by = company()
    say(by["oms"], OMS_X)
    assert status_of("SO-2609-0027").shipped_qty == D(10)  # nobody else has spoken yet
    say(by["wms"], WMS_X)
    assert status_of("SO-2609-0027").shipped_qty == 0  # the store knows the order and has sent nothing
    say(by["wms"], WMS_SHIPS_6)
    say(by["erp"], ERP_BILLS_10)
    say(by["mes"], MES_MADE_8)

    assert Order.objects.count() == 1
    x = status_of("SO-2609-0027")
    assert (x.ordered_qty, x.shipped_qty, x.to_ship_qty, x.invoiced_qty, x.finished_qty) == (
        D(10),
        D(6),
        D(4),
        D(10),
        D(8),
    )
    assert (x.ordered, x.shipped, x.invoiced, x.paid) == (D("1356.00"), D("813.60"), D("1356.00"), D(0))
    assert (x.delivery, x.invoicing, x.payment, x.production) == ("partially", "over", "unpaid", "partially")
    assert x.open_receivable == D("1356.00")
    assert (x.goods_source, x.invoice_source, x.money_source) == (by["wms"].pk, by["erp"].pk, by["bank"].pk)


def test_when_the_store_sends_the_rest_the_figures_follow(db: None) -> None:
    by = company()
    for who, record in ((by["oms"], OMS_X), (by["wms"], WMS_X), (by["wms"], WMS_SHIPS_6), (by["erp"], ERP_BILLS_10)):
        say(who, record)
    say(
        by["wms"],
        replace(
            WMS_SHIPS_6, ref="S2", number="SH-2609-0031", lines=(ShipmentLineRecord("1", "hl-bl24", D(4), order="W1"),)
        ),
    )
    x = status_of("SO-2609-0027")
    assert (x.shipped_qty, x.to_ship_qty, x.delivery, x.invoicing) == (D(10), D(0), "done", "fully")


def test_any_order_of_arrival_gives_the_same_rows(db: None) -> None:
    by = company()
    said: list[tuple[str, Record]] = [
        ("oms", OMS_X),
        ("wms", WMS_X),
        ("wms", WMS_SHIPS_6),
        ("erp", ERP_BILLS_10),
        ("mes", MES_MADE_8),
    ]
    for code, record in reversed(said):
        say(by[code], record)
    x = status_of("SO-2609-0027")
    assert (x.shipped_qty, x.invoiced_qty, x.finished_qty) == (D(6), D(10), D(8))
    assert x.order_id == SourceDocument.objects.get(source=by["oms"], kind="order").pk
    assert Order.objects.count() == 1


def test_the_same_again_writes_no_version(db: None) -> None:
    by = company()
    say(by["oms"], OMS_X)
    before = SourceVersion.objects.count()
    done = say(by["oms"], OMS_X)
    assert (done.new, done.changed, done.unchanged) == (0, 0, 1)
    assert SourceVersion.objects.count() == before


def test_an_older_version_is_kept_and_never_becomes_current(db: None) -> None:
    oms = company()["oms"]
    mirror(oms, [Said(OMS_X, "2026-09-05")], batch=None, learned_at=clock.now())
    older = replace(OMS_X, lines=(replace(OMS_X.lines[0], qty=D(3)),))
    done = mirror(oms, [Said(older, "2026-09-04")], batch=None, learned_at=clock.now())
    assert (done.unchanged, done.late) == (1, 1)
    assert status_of("SO-2609-0027").ordered_qty == D(10)
    assert SourceVersion.objects.filter(document__ref="17", document__kind="order").count() == 2


def test_e1_merged_shipment_merged_invoice_one_payment_to_the_cent(db: None) -> None:
    by = company()
    line = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D("0.13"))
    say(
        by["oms"],
        OrderRecord("1", "SO-A", currency="CNY", lines=(line,)),
        OrderRecord("2", "SO-B", currency="CNY", lines=(replace(line, qty=D(5), price=D(80)),)),
    )
    say(
        by["wms"],
        ShipmentRecord(
            "S1", "SH-1", shipped_at=date(2026, 9, 10),
            lines=(ShipmentLineRecord("1", "LAMP", D(6), "SO-A"), ShipmentLineRecord("2", "LAMP", D(5), "SO-B")),
        ),
    )  # fmt: skip
    say(
        by["erp"],
        InvoiceRecord(
            "I1", "INV-1", invoice_date=date(2026, 9, 11), due_date=date(2026, 10, 11), currency="CNY", total=D(904),
            lines=(
                InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(4), net=D(400)),
                InvoiceLineRecord("2", "SO-B", sku="LAMP", qty=D(5), net=D(400)),
            ),
        ),
        InvoiceRecord(
            "I2", "INV-2", invoice_date=date(2026, 9, 14), due_date=date(2026, 10, 14), currency="CNY", total=D(226),
            lines=(InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(2), net=D(200)),),
        ),
    )  # fmt: skip
    say(by["erp"], PaymentRecord("P1", "PAY-1", D(1000), paid_at=date(2026, 9, 15), currency="CNY",
                                 same_as=(Same("BANK-1", "bank"),),
                                 allocations=(AllocationRecord(D(904), "INV-1"), AllocationRecord(D(96), "INV-2"))))  # fmt: skip
    say(by["bank"], PaymentRecord("B1", "BANK-1", D(1000), paid_at=date(2026, 9, 15), currency="CNY", reference="货款"))

    a, b = status_of("SO-A"), status_of("SO-B")
    assert (a.ordered, a.invoiced, a.paid, a.open_receivable, a.not_invoiced) == (
        D(1130),
        D(678),
        D(548),
        D(130),
        D(452),
    )
    assert (a.shipped_qty, a.to_ship_qty, a.delivery, a.invoicing, a.payment) == (
        D(6),
        D(4),
        "partially",
        "partially",
        "partially",
    )
    assert (b.invoiced, b.paid, b.open_receivable, b.status) == (D(452), D(452), D(0), "done")
    assert a.due_date == date(2026, 10, 14)
    assert sorted(InvoiceShare.objects.values_list("invoice__number", "order__number", "gross")) == [
        ("INV-1", "SO-A", D(452)), ("INV-1", "SO-B", D(452)), ("INV-2", "SO-A", D(226))
    ]  # fmt: skip
    assert sum(share.amount for share in PaymentShare.objects.filter(counts=True)) == D(1000)


def test_a_payment_that_bank_and_erp_tell_of_counts_once(db: None) -> None:
    by = company()
    say(by["oms"], replace(OMS_X, shipped=""))
    say(by["erp"], ERP_BILLS_10)
    say(by["erp"], PaymentRecord("P1", "PAY-1", D(500), allocations=(AllocationRecord(D(500), "INV-2609-0024"),)))
    assert status_of("SO-2609-0027").paid == 0  # the bank speaks for every order, and has seen nothing
    say(by["bank"], PaymentRecord("B1", "BANK-1", D(500), paid_at=date(2026, 9, 16), reference="INV-2609-0024 货款"))
    assert status_of("SO-2609-0027").paid == D(500)


def test_money_for_an_order_is_set_against_what_its_invoices_still_leave_open(db: None) -> None:
    by = company()
    say(by["oms"], replace(OMS_X, shipped=""))
    say(by["erp"], ERP_BILLS_10)
    say(by["bank"], PaymentRecord("B1", "BANK-1", D(1300), paid_at=date(2026, 9, 15), reference="INV-2609-0024"))
    say(by["bank"], PaymentRecord("B2", "BANK-2", D(200), paid_at=date(2026, 9, 16), reference="SO-2609-0027 尾款"))
    x = status_of("SO-2609-0027")
    assert (x.paid, x.deposit, x.open_receivable) == (D(1356), D(144), D(0))


def test_money_for_an_order_that_came_before_its_invoice_pays_it(db: None) -> None:
    by = company()
    say(by["oms"], replace(OMS_X, shipped=""))
    say(by["bank"], PaymentRecord("B2", "BANK-2", D(200), paid_at=date(2026, 9, 3), reference="SO-2609-0027 定金"))
    assert (status_of("SO-2609-0027").paid, status_of("SO-2609-0027").deposit) == (D(0), D(200))
    say(by["erp"], ERP_BILLS_10)
    assert (status_of("SO-2609-0027").paid, status_of("SO-2609-0027").deposit) == (D(200), D(0))


def test_a_customer_known_by_name_alone_does_not_change_it_with_each_order(db: None) -> None:
    oms = company()["oms"]
    for name in ("启明船厂", "启明船厂（宁波）"):
        derived = [Said(CustomerRecord("c1", "c1", name))]
        mirror(oms, [Said(OMS_X)], batch=None, learned_at=clock.now(), derived=derived)
    assert list(SourceVersion.objects.filter(document__kind="customer").values_list("facts", flat=True)) == [
        '{"name":"启明船厂","number":"c1","ref":"c1"}'
    ]
