"""Shipments, invoices, payments, customers and products as programs see them (scenario E1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import ORDER_B, PAYMENT, e1
from ordertrail.desk.models import Change
from ordertrail.findings.tests.company import D, say
from ordertrail.records.models import Source
from ordertrail.records.shapes import AllocationRecord, InvoiceLineRecord, InvoiceRecord, PaymentRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(db: None) -> Program:
    e1()
    return program("dana")


def ids(who: Program) -> dict[str, str]:
    return {one["number"]: one["id"] for one in who.get("/orders").body["items"]}


def test_one_shipment_for_two_orders(dana: Program) -> None:
    shipment = dana.get("/shipments/SH-1").body
    a, b = ids(dana)["SO-A"], ids(dana)["SO-B"]
    assert (shipment["state"], shipment["kind"], shipment["date"], shipment["carrier"]) == (
        "done",
        "shipment",
        "2026-09-10",
        "SF",
    )
    assert (shipment["customer"], shipment["orders"]) == ("C7", [a, b])
    assert [(one["order"], one["order_line"], one["sku"], one["qty"]) for one in shipment["lines"]] == [
        (a, 1, "LAMP", "6"), (b, 1, "LAMP", "5"),
    ]  # fmt: skip


def test_an_invoice_that_tells_no_customer_has_the_name_of_its_orders_customer(dana: Program) -> None:
    line = InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(1), net=D(100), tax_rate=D(0))
    say(Source.objects.get(code="erp"), InvoiceRecord("I9", "INV-9", currency="CNY", lines=(line,)))
    assert dana.get("/invoices/INV-9").body["customer_name"] == "远帆船舶"
    listed = {row["number"]: row["customer_name"] for row in dana.get("/invoices").body["items"]}
    assert listed["INV-9"] == "远帆船舶"


def test_one_invoice_for_two_orders_whose_shares_sum_to_its_total(dana: Program) -> None:
    a, b = ids(dana)["SO-A"], ids(dana)["SO-B"]
    one, two = dana.get("/invoices/INV-1").body, dana.get("/invoices/INV-2").body
    assert (one["net"], one["tax"], one["total"], one["paid"], one["open"]) == (
        "800.00",
        "104.00",
        "904.00",
        "904.00",
        "0.00",
    )
    assert (two["total"], two["paid"], two["open"], two["due_date"]) == ("226.00", "96.00", "130.00", "2026-10-14")
    assert one["shares"] == [
        {"order": a, "gross": "452.00", "paid": "452.00"}, {"order": b, "gross": "452.00", "paid": "452.00"},
    ]  # fmt: skip
    assert [(line["order"], line["qty"], line["net"], line["gross"], line["kind"]) for line in one["lines"]] == [
        (a, "4", "400.00", "452.00", "goods"), (b, "5", "400.00", "452.00", "goods"),
    ]  # fmt: skip
    listed = {row["number"]: (row["paid"], row["open"]) for row in dana.get("/invoices").body["items"]}
    assert listed == {"INV-1": ("904.00", "0.00"), "INV-2": ("96.00", "130.00")}


def test_one_payment_that_bank_and_erp_tell_of(dana: Program) -> None:
    a, b = ids(dana)["SO-A"], ids(dana)["SO-B"]
    payment = dana.get("/payments/BANK-1").body
    assert dana.get("/payments/PAY-1").body == payment
    invoices = {one["number"]: one["id"] for one in dana.get("/invoices").body["items"]}
    assert (payment["amount"], payment["allocated"], payment["unallocated"], payment["deposit_for"]) == (
        "1000.00", "1000.00", "0.00", None,
    )  # fmt: skip
    assert payment["allocations"] == [
        {"invoice": invoices["INV-1"], "amount": "904.00",
         "shares": [{"order": a, "amount": "452.00"}, {"order": b, "amount": "452.00"}]},
        {"invoice": invoices["INV-2"], "amount": "96.00", "shares": [{"order": a, "amount": "96.00"}]},
    ]  # fmt: skip


def test_a_deposit_names_its_order_and_stands_with_its_customer(dana: Program) -> None:
    say(Source.objects.get(code="oms"), replace(ORDER_B, ref="3", number="SO-C"))
    deposit = replace(
        PAYMENT, ref="B9", number="BANK-9", amount=D(200), allocations=(AllocationRecord(D(200), order="SO-C"),)
    )
    say(Source.objects.get(code="bank"), replace(deposit, same_as=()))
    c = ids(dana)["SO-C"]
    payment = dana.get("/payments/BANK-9").body
    assert (payment["allocated"], payment["unallocated"], payment["deposit_for"]) == ("0.00", "200.00", c)
    assert dana.get("/customers/C7").body["deposits"]["tied"] == [{"order": c, "amount": "200.00"}]
    assert dana.get("/orders/SO-C").body["amounts"]["deposit"] == "200.00"


def test_a_customer_with_what_is_owed(dana: Program) -> None:
    customer = dana.get("/customers/C7").body
    assert (customer["code"], customer["name"], customer["country"]) == ("C7", "远帆船舶", "CN")
    assert (customer["receivable"], customer["exposure"], customer["currency"]) == ("130.00", "582.00", "CNY")
    assert customer["balances"] == [{"currency": "CNY", "receivable": "130.00", "exposure": "582.00"}]
    assert customer["deposits"] == {"floating": None, "tied": []}
    assert dana.get(f"/customers/{customer['id']}").body == customer


def test_a_product_with_what_open_orders_want_of_it(dana: Program) -> None:
    product = dana.get("/products/LAMP").body
    assert (product["name"], product["kind"], product["price"], product["unit_cost"]) == (
        "信号灯",
        "goods",
        "100.00",
        "61.2345",
    )
    assert (product["stock"]["open_demand"], product["stock"]["pending_shipment"], product["stock"]["on_hand"]) == (
        "4",
        "0",
        None,
    )


def test_reading_changes_nothing(dana: Program) -> None:
    before = Change.objects.count()
    for path in ("/orders", "/orders/SO-A", "/invoices/INV-1", "/payments/BANK-1", "/customers/C7", "/products/LAMP"):
        assert dana.get(path).status == 200
    assert Change.objects.count() == before


def test_what_a_credit_note_takes_off_an_invoice_is_credited_and_no_longer_open(dana: Program) -> None:
    line = InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(1), net=D(100), tax_rate=D("0.13"))
    note = InvoiceRecord("C1", "CN-1", type="credit_note", currency="CNY", lines=(line,), credits="INV-2")
    before = dana.get("/customers/C7").body["receivable"]
    say(Source.objects.get(code="erp"), note)
    listed = {
        row["number"]: (row["total"], row["paid"], row["credited"], row["open"])
        for row in dana.get("/invoices").body["items"]
    }
    assert listed["INV-2"] == ("226.00", "96.00", "113.00", "17.00")
    assert listed["CN-1"] == ("-113.00", "0.00", "-113.00", "0.00")
    one = dana.get("/invoices/INV-2").body
    assert (one["credited"], one["open"]) == ("113.00", "17.00")
    assert (before, dana.get("/customers/C7").body["receivable"]) == ("130.00", "17.00")


def test_what_is_paid_above_an_invoice_is_not_allocated(dana: Program) -> None:
    more = PaymentRecord(
        "P2",
        "PAY-2",
        D(200),
        paid_at=date(2026, 9, 20),
        currency="CNY",
        allocations=(AllocationRecord(D(200), "INV-2"),),
    )
    say(Source.objects.get(code="bank"), more)
    payment = dana.get("/payments/PAY-2").body
    assert (payment["allocated"], payment["unallocated"]) == ("130.00", "70.00")
