"""Seven orders that stand at seven places, as three systems tell them; today is 16 September 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    ShipmentLineRecord,
    ShipmentRecord,
)
from ordertrail.track.tests.order_company import Company, at

D = Decimal
SAILFAR, QIMING, NORDLYS = "远帆船舶用品", "启明船厂", "Nordlys Marine AS"
LATE, TO_INVOICE, TO_COLLECT, DONE = "SO-2609-1001", "SO-2609-1002", "SO-2609-1003", "SO-2608-1004"
DRAFT, CANCELLED, DOLLARS = "SO-2609-1005", "SO-2609-1006", "SO-2609-1007"


def day(text: str) -> date:
    """A day of 2026, written as ``09-10``."""
    return date.fromisoformat(f"2026-{text}")


def order(
    ref: str, number: str, customer: str, qty: int, price: int, ordered: str, promised: str, **more: object
) -> OrderRecord:
    """An order of one line of lamps, 13 % tax added; Anna's unless told otherwise."""
    told = {"currency": "CNY", "salesperson": "Anna", **more}
    line = OrderLineRecord("1", "LAMP", D(qty), name="LED lamp", price=D(price), tax_rate=D("0.13"))
    return OrderRecord(
        ref, number, customer=customer, customer_name=customer, order_date=day(ordered),
        promised_date=day(promised) if promised else None, lines=(line,), **told,  # type: ignore[arg-type]
    )  # fmt: skip


def shipped(ref: str, number: str, order_number: str, qty: int, when: str) -> ShipmentRecord:
    """A shipment of lamps for one order."""
    line = ShipmentLineRecord("1", "LAMP", D(qty), order=order_number)
    return ShipmentRecord(ref, number, shipped_at=day(when), tracking_number=f"SF10{ref}", lines=(line,))


def invoiced(ref: str, number: str, order_number: str, qty: int, net: int, when: str) -> InvoiceRecord:
    """An invoice over lamps of one order."""
    line = InvoiceLineRecord("1", order_number, sku="LAMP", qty=D(qty), net=D(net), tax_rate=D("0.13"))
    return InvoiceRecord(ref, number, invoice_date=day(when), due_date=day("09-30"), currency="CNY", lines=(line,))


ORDERS = (
    order("1", LATE, SAILFAR, 10, 100, "09-01", "09-10", customer_number="PO/77-a"),
    order("2", TO_INVOICE, QIMING, 5, 200, "09-02", "09-20"),
    order("3", TO_COLLECT, SAILFAR, 4, 300, "09-03", "09-12", salesperson="Mei"),
    order("4", DONE, QIMING, 2, 50, "08-20", "08-30"),
    order("5", DRAFT, NORDLYS, 1, 10, "09-15", "10-01", state="draft"),
    order("6", CANCELLED, NORDLYS, 3, 10, "09-05", "09-25", state="cancelled"),
    order("7", DOLLARS, NORDLYS, 7, 1000, "09-14", "", currency="USD", salesperson="Mei"),
)


def company() -> Company:
    """The company, its orders synced: one late, one to invoice, one to collect, one done, a draft, a cancelled one, and one in
    dollars without a promised day."""
    told = Company()
    told.say(
        "oms", at(1),
        *(CustomerRecord(name, name, name) for name in (SAILFAR, QIMING, NORDLYS)),
        ProductRecord("LAMP", "LAMP", "LED lamp"),
        *ORDERS,
    )  # fmt: skip
    told.say(
        "wms", at(14),
        shipped("S2", "SH-2609-2002", TO_INVOICE, 5, "09-10"),
        shipped("S3", "SH-2609-2003", TO_COLLECT, 4, "09-09"),
        shipped("S4", "SH-2608-2004", DONE, 2, "08-28"),
    )  # fmt: skip
    told.say(
        "erp", at(15),
        invoiced("I3", "INV-2609-3003", TO_COLLECT, 4, 1200, "09-11"),
        invoiced("I4", "INV-2608-3004", DONE, 2, 100, "08-29"),
    )  # fmt: skip
    paid = AllocationRecord(D("113.00"), "INV-2608-3004")
    told.say(
        "bank",
        at(15),
        PaymentRecord("P4", "BANK-4", D("113.00"), paid_at=day("09-01"), currency="CNY", allocations=(paid,)),
    )
    return told
