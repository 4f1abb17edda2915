"""Scenario E1 as systems tell it: two orders, one shipment and one invoice for both, one payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ordertrail.findings.tests.company import company, say
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
)

D = Decimal
COST = D("61.2345")
"""What a LAMP costs, by the ERP: no answer may hold it for who does not see cost."""

LINE = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D("0.13"))
ORDER_A = OrderRecord(
    "1", "SO-A", customer="c7", customer_name="远帆船舶", order_date=date(2026, 9, 1), promised_date=date(2026, 9, 11),
    currency="CNY", salesperson="anna", lines=(LINE,),
)  # fmt: skip
ORDER_B = replace(
    ORDER_A, ref="2", number="SO-B", order_date=date(2026, 9, 2), promised_date=date(2026, 9, 14), salesperson="eve",
    lines=(replace(LINE, qty=D(5), price=D(80)),),
)  # fmt: skip
SHIPMENT = ShipmentRecord(
    "S1", "SH-1", shipped_at=date(2026, 9, 10), carrier="SF", tracking_number="SF001", ship_to="宁波港 3 号",
    lines=(ShipmentLineRecord("1", "LAMP", D(6), "SO-A"), ShipmentLineRecord("2", "LAMP", D(5), "SO-B")),
)  # fmt: skip
INVOICE_1 = InvoiceRecord(
    "I1", "INV-1", customer_name="远帆船舶", invoice_date=date(2026, 9, 11), due_date=date(2026, 10, 11), currency="CNY",
    total=D(904),
    lines=(
        InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(4), net=D(400)),
        InvoiceLineRecord("2", "SO-B", sku="LAMP", qty=D(5), net=D(400)),
    ),
)  # fmt: skip
INVOICE_2 = InvoiceRecord(
    "I2", "INV-2", customer_name="远帆船舶", invoice_date=date(2026, 9, 14), due_date=date(2026, 10, 14), currency="CNY",
    total=D(226), lines=(InvoiceLineRecord("1", "SO-A", sku="LAMP", qty=D(2), net=D(200)),),
)  # fmt: skip
PAYMENT = PaymentRecord(
    "P1", "PAY-1", D(1000), paid_at=date(2026, 9, 15), currency="CNY", customer_name="远帆船舶", same_as=(Same("BANK-1", "bank"),),
    allocations=(AllocationRecord(D(904), "INV-1"), AllocationRecord(D(96), "INV-2")),
)  # fmt: skip
AT_THE_BANK = PaymentRecord("B1", "BANK-1", D(1000), paid_at=date(2026, 9, 15), currency="CNY", reference="货款")


def e1() -> dict[str, Source]:
    """Scenario E1 after the payment."""
    by = company()
    say(by["oms"], CustomerRecord("c7", "C7", "远帆船舶", country="CN"))
    say(by["erp"], ProductRecord("p1", "LAMP", "信号灯", price=D(100), cost=COST))
    say(by["oms"], ORDER_A, ORDER_B)
    say(by["wms"], SHIPMENT)
    say(by["erp"], INVOICE_1, INVOICE_2, PAYMENT)
    say(by["bank"], AT_THE_BANK)
    return by
