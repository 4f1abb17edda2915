"""Freight and discounts on an invoice that name their order and have no quantity: they are its rounding difference, not its billing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ordertrail.billing.queries import bills
from ordertrail.desk.billed_events import Billed, _by_money
from ordertrail.desk.laws import verify
from ordertrail.desk.tests.histories import Say
from ordertrail.desk.tests.test_oracle_stories import figures, lived
from ordertrail.orders.models import OrderStatus
from ordertrail.records.shapes import InvoiceLineRecord, InvoiceRecord, OrderLineRecord, OrderRecord, ShipmentRecord
from ordertrail.records.shapes import ShipmentLineRecord as Sent

pytestmark = pytest.mark.django_db
D = Decimal
TAX = D("0.13")


def line(ref: str, net: int, sku: str, qty: int | None = None) -> InvoiceLineRecord:
    return InvoiceLineRecord(ref, "SO-1", sku=sku, qty=None if qty is None else D(qty), net=D(net), tax_rate=TAX)


def sold(*papers: tuple[InvoiceLineRecord, ...]) -> dict[str, tuple[Any, ...]]:
    """Ten at 100.00 and 13 %, all out, billed on these invoices: how far it is billed, what is still to be, and the difference."""
    goods = OrderLineRecord("1", "A", D(10), price=D(100), tax_rate=TAX)
    lived(
        Say("oms", OrderRecord("1", "SO-1", currency="CNY", lines=(goods,)), ""),
        Say("wms", ShipmentRecord("1", "SH-1", lines=(Sent("1", "A", D(10), "SO-1"),)), ""),
        *(Say("erp", InvoiceRecord(f"{n}", f"INV-{n}", currency="CNY", lines=p), "") for n, p in enumerate(papers)),
    )
    assert list(verify()) == []
    return figures("invoicing", "invoiced", "not_invoiced", "rounding_difference")


@pytest.mark.parametrize("sku", ["FREIGHT", "", "A"])
def test_freight_beside_the_goods_leaves_the_order_billed_by_quantity(sku: str, db: None) -> None:
    assert sold((line("1", 1000, "A", 10), line("2", 50, sku))) == {"SO-1/1": ("fully", D("1186.50"), D(0), D("56.50"))}
    assert not any(bill.by_money for bill in bills([OrderStatus.objects.get().order_id]).values())


def test_freight_on_the_first_invoice_hides_nothing_that_is_still_to_be_billed(db: None) -> None:
    assert sold((line("1", 400, "A", 4), line("2", 50, "FREIGHT"))) == {
        "SO-1/1": ("partially", D("508.50"), D(678), D("56.50"))
    }


def test_a_discount_beside_the_goods_makes_them_no_less_billed(db: None) -> None:
    assert sold((line("1", 1000, "A", 10), line("2", -100, "DISCOUNT"))) == {
        "SO-1/1": ("fully", D(1017), D(0), D(-113))
    }


def test_freight_on_an_invoice_of_its_own_is_freight_once_quantities_are_billed(db: None) -> None:
    assert sold((line("1", 1000, "A", 10),), (line("1", 50, "FREIGHT"),)) == {
        "SO-1/1": ("fully", D("1186.50"), D(0), D("56.50"))
    }


@pytest.mark.parametrize("sku", ["", "A", "PART"])
def test_a_line_of_money_alone_bills_the_order_by_money(sku: str, db: None) -> None:
    assert sold((line("1", 400, sku),)) == {"SO-1/1": ("partially", D(452), D(678), D(0))}
    assert bills([OrderStatus.objects.get().order_id])[OrderStatus.objects.get().order_id].by_money


def test_a_charge_takes_nothing_of_what_the_goods_cost() -> None:
    def billed(invoice: int, order_line: int | None, product: str, qty: int) -> Billed:
        return Billed(1, invoice, 7, order_line, None, {"product": product}, date(2026, 9, 1), "CNY", 2, qty, 0, 0)

    goods = billed(1, 3, "A", 10)
    assert _by_money([goods, billed(1, None, "FREIGHT", 0)]) == set()
    assert _by_money([goods, billed(2, None, "FREIGHT", 0)]) == set()
    assert _by_money([goods, billed(2, None, "", 0)]) == {7}
