"""The stories of the checks that find what has no place: no customer, no invoice, no line of an order, another currency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ordertrail.desk.link import link, unlink
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told
from ordertrail.findings.tests.company import ERP_BILLS_10, QUIET, WMS_SHIPS_6, crm_order, opened, say, step, x_id
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source, SourceDocument
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    OrderLineRecord,
    PaymentRecord,
    ShipmentLineRecord,
)

pytestmark = pytest.mark.django_db
D = Decimal


def test_unmatched_customer_whom_nobody_knows(by: dict[str, Source]) -> None:
    say(by["oms"], replace(QUIET, customer="c9", customer_name="Mr Zhou, pier 4"))
    assert opened() == [("unmatched_customer", "Nobody knows the customer “Mr Zhou, pier 4”", D("1356.00"))]
    assert step("unmatched_customer") == (
        "Put the customer of SO-2609-0027 right in OMS, or enter the customer in the system that keeps them."
        " It closes by itself."
    )
    say(by["oms"], CustomerRecord("c9", "C9", "Mr Zhou, pier 4"))
    assert opened() == []


def test_unmatched_customer_under_two_names_until_a_person_links_them(by: dict[str, Source]) -> None:
    say(by["crm"], CustomerRecord("a1", "A1", "Qiming (trade fair)"))
    say(by["crm"], crm_order(customer="a1"))
    title = "Customer: CRM “a1” ≠ OMS “启明船厂”"
    assert opened() == [("unmatched_customer", title, D("1356.00"))]
    row = Finding.objects.get()
    account = SourceDocument.objects.get(source=by["crm"], kind="customer", ref="a1")
    assert (row.object_kind, row.object, row.order) == ("customer", account.pk, x_id())
    anna = Person.objects.create_person("anna", "", "sales")
    home = SourceDocument.objects.get(source=by["oms"], kind="customer")
    made = link(anna, home.pk, account.pk)
    assert opened() == []
    unlink(anna, made)
    assert [row[1] for row in opened()] == [title]


def test_unmatched_customer_who_pays_for_another(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], ERP_BILLS_10)
    say(by["bank"], CustomerRecord("王海平", "王海平", "王海平"))
    say(
        by["bank"], PaymentRecord("B1", "B1", D(500), customer_name="王海平", currency="CNY", reference="INV-2609-0024")
    )
    assert opened() == [("unmatched_customer", "Bank: “王海平” pays for “启明船厂”", D("1356.00"))]
    assert Finding.objects.get().role == "finance"
    assert step("unmatched_customer") == (
        "If both are one customer: link them on the customer's page; if not: ask 启明船厂 why somebody else pays, and keep"
        " the answer in a comment. It closes when they are linked."
    )


def test_unmatched_payment(by: dict[str, Source]) -> None:
    paid = PaymentRecord(
        "B2", "2026091500371", D(2000), paid_at=date(2026, 9, 15), customer_name="东澳渔业设备有限公司", currency="CNY",
        reference="预付款",
    )  # fmt: skip
    say(by["bank"], CustomerRecord("p", "p", "东澳渔业设备有限公司"))
    say(by["bank"], paid)
    assert opened() == [
        ("unmatched_payment", "2,000.00 from “东澳渔业设备有限公司”: no such customer, no invoice", D("2000.00"))
    ]
    assert step("unmatched_payment") == (
        "Ask sales who this is (remark: 预付款). Then book 2026091500371 on the invoice that it pays in the system that keeps"
        " the payments. It closes by itself."
    )
    say(by["erp"], CustomerRecord("C4", "C4", "东澳渔业设备"))
    say(by["bank"], replace(paid, reference="预付款 2"))
    assert opened() == [
        ("unmatched_payment", "2,000.00 from “东澳渔业设备有限公司” (2026091500371) are on no invoice", D("2000.00"))
    ]
    say(by["bank"], replace(paid, reference="SO-2609-0027"))
    assert opened() == []


def test_unmatched_payment_of_a_customer_names_the_oldest_open_invoices(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    paid = PaymentRecord("B2", "778", D(2000), paid_at=date(2026, 9, 20), customer_name="启明船厂", currency="CNY")
    say(by["bank"], paid)
    assert opened() == [("unmatched_payment", "2,000.00 from “启明船厂” (778) are on no invoice", D("2000"))]
    assert step("unmatched_payment").startswith(
        "Nothing of this customer is open. Ask sales what it is for (remark: –)"
    )
    say(by["erp"], ERP_BILLS_10)  # what is open now is named, though nothing is new of the payment
    assert len(opened()) == 1
    assert step("unmatched_payment") == (
        "Book 778 on the invoice that it pays in the system that keeps the payments; the oldest open ones:"
        " INV-2609-0024 (1,356.00). It closes by itself."
    )
    say(by["bank"], replace(paid, reference="INV-2609-0024"))  # more than the invoice asks for
    assert opened() == [("unmatched_payment", "644.00 from “启明船厂” (778) are on no invoice", D("644"))]
    line = replace(ERP_BILLS_10.lines[0], ref="2", qty=None, order="SO-2609-0027", net=D(644), tax_rate=D(0))
    say(by["erp"], replace(ERP_BILLS_10, lines=(*ERP_BILLS_10.lines, line)))
    assert "unmatched_payment" not in [name for name, *_ in opened()]


def test_other_currency_counts_nowhere_and_says_so(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-BL24", D(10), "SO-2609-0027"),)))
    say(by["erp"], ERP_BILLS_10)
    euros = PaymentRecord(
        "B7", "20260920", D(1356), paid_at=date(2026, 9, 20), currency="EUR",
        allocations=(AllocationRecord(D(1356), invoice="INV-2609-0024"),),
    )  # fmt: skip
    say(by["bank"], euros)
    assert opened() == [
        ("other_currency", "Bank 20260920: 1,356.00 EUR for INV-2609-0024, which is in CNY", D("1356.00"))
    ]
    assert step("other_currency") == (
        "It counts nowhere until then: correct the currency of 20260920 in Bank, or enter there what it comes to in CNY."
        " It closes by itself."
    )
    order = OrderStatus.objects.get(number="SO-2609-0027")
    assert (order.paid, order.deposit, order.open_receivable) == (D(0), D(0), D("1356.00"))
    say(by["bank"], replace(euros, currency="CNY"))
    assert opened() == []
    order.refresh_from_db()
    assert (order.paid, order.payment) == (D("1356.00"), "paid")
    say(by["erp"], replace(ERP_BILLS_10, currency="EUR"))
    assert {title for _, title, _ in opened()} >= {
        "ERP INV-2609-0024: 1,356.00 EUR for SO-2609-0027, which is in CNY",
        "Bank 20260920: 1,356.00 CNY for INV-2609-0024, which is in EUR",
    }
    order.refresh_from_db()
    assert (order.invoiced, order.paid) == (D(0), D(0))
    say(by["oms"], replace(QUIET, currency="EUR"))
    say(by["bank"], euros)
    order.refresh_from_db()
    assert (order.currency, order.invoiced, order.paid, opened()) == ("EUR", D("1356.00"), D("1356.00"), [])


def test_unmatched_line_of_another_product_and_of_an_order_that_nobody_has(by: dict[str, Source]) -> None:
    wrong = replace(WMS_SHIPS_6, lines=(ShipmentLineRecord("1", "HL-NL09", D(4), "SO-2609-0027"),))
    say(by["wms"], wrong)
    assert opened() == [("unmatched_line", "WMS SH-2609-0029: 4 of HL-NL09 are on no line of the order", None)]
    say(by["wms"], replace(wrong, lines=(replace(wrong.lines[0], order="SO-9999"),)))
    assert opened() == [("unmatched_line", "WMS SH-2609-0029: nobody knows the order SO9999", None)]
    assert step_of_open() == (
        "If the order's number is wrong: correct it on SH-2609-0029 in WMS; if the order is new, it comes with the next"
        " sync of its system. It closes by itself."
    )
    say(
        by["oms"],
        replace(QUIET, ref="99", number="SO-9999", lines=(OrderLineRecord("1", "HL-NL09", D(4), price=D(1)),)),
    )
    assert opened() == []
    say(by["erp"], replace(ERP_BILLS_10, lines=(replace(ERP_BILLS_10.lines[0], sku="HL-NL09"),)))
    (found,) = opened()
    assert found == ("unmatched_line", "ERP INV-2609-0024: 10 of HL-NL09 are on no line of the order", D("1356.00"))
    assert Finding.objects.get(status="open").role == "finance"


def test_unmatched_line_of_a_number_that_two_orders_bear(by: dict[str, Source]) -> None:
    say(by["crm"], replace(QUIET, ref="99", same_as=(), customer_name="港灯贸易"))  # nobody says that they are one
    two = "several orders bear the number SO-2609-0027 (OMS – 启明船厂; CRM – 港灯贸易)"
    say(by["erp"], ERP_BILLS_10)
    assert opened() == [("unmatched_line", f"ERP INV-2609-0024: {two}", D("1356.00"))]
    assert step_of_open() == (
        "If they are one order, link them on the page of one of them; if not, name the right one on INV-2609-0024 in ERP by a"
        " number that it alone bears, or change the number of the other in its own system. It closes by itself."
    )
    say(by["crm"], replace(QUIET, ref="99", number="CT-1", same_as=(), customer_name="港灯贸易"))
    assert opened() == []


def step_of_open() -> str:
    return told(Finding.objects.get(status="open")).next_step
