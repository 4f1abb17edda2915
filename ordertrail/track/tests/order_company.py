"""Scenarios E1 and E19 of domain.md as five or six systems tell them, through the verb by which every document comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ordertrail.desk.mirror import mirror
from ordertrail.findings.follow import daily, follow
from ordertrail.orders.models import OrderStatus
from ordertrail.records.actions import Said
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    AllocationRecord,
    CustomerRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OpportunityRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

D = Decimal
ZONE = ZoneInfo("Asia/Shanghai")
X, A, B = "SO-2609-0027", "SO-2609-0012", "SO-2609-0015"
SILENT = dict.fromkeys(("goods_scope", "invoice_scope", "money_scope", "production_scope"), "")


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time in September 2026, in the company's zone."""
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


def source(code: str, position: int, **trust: object) -> Source:
    """A source that speaks of nothing but what ``trust`` says."""
    told = {**SILENT, **trust}
    return Source.objects.create(code=code, name=code.upper(), kind=code, connector="sql", position=position, **told)


def systems() -> dict[str, Source]:
    """Six systems with the usual precedence: goods by the WMS, invoices by the ERP, money by the bank."""
    return {
        "oms": source("oms", 1, order_rank=1, goods_rank=5, goods_scope="documents", invoice_scope="documents"),
        "crm": source("crm", 2, order_rank=9),
        "erp": source("erp", 3, order_rank=3, goods_rank=3, goods_scope="documents", invoice_rank=1, invoice_scope="all",
                      money_rank=2, money_scope="documents"),
        "wms": source("wms", 4, order_rank=5, goods_rank=1, goods_scope="all"),
        "mes": source("mes", 5, production_rank=1, production_scope="documents"),
        "bank": source("bank", 6, money_rank=1, money_scope="all"),
    }  # fmt: skip


class Company:
    """The six systems, and what they have said so far."""

    def __init__(self) -> None:
        self.by = systems()

    def say(self, code: str, when: datetime, *records: Record) -> None:
        """``code`` tells of ``records`` at ``when``, which is their version too."""
        said = [Said(record, version=when.isoformat()) for record in records]
        mirror(self.by[code], said, batch=None, learned_at=when)

    def check(self) -> None:
        """Let the checks look at everything that changed, and at the clock."""
        follow()
        daily()


def order_id(number: str) -> int:
    """The id of an order."""
    return OrderStatus.objects.get(number=number).order_id


LAMP = OrderLineRecord("1", "HL-NL02", D(10), "航行信号灯", "件", D(120), tax_rate=D("0.13"))
ORDER_X = OrderRecord(
    "27", X, customer="7", customer_name="启明船厂", customer_number="QM-26-1193", order_date=date(2026, 9, 4),
    promised_date=date(2026, 9, 21), currency="CNY", salesperson="Anna", lines=(LAMP,),
)  # fmt: skip
SHIPS_FOUR = ShipmentRecord(
    "S34", "SH-2609-0034", shipped_at=at(16, 9, 12), lines=(ShipmentLineRecord("1", "HL-NL02", D(4), "W27"),)
)


def e19(company: Company) -> None:
    """OMS: order X of 10, all shipped. WMS: 6 out. ERP: invoiced 10. Bank: nothing. MES: 8 finished."""
    say = company.say
    say("oms", at(1), CustomerRecord("7", "C-007", "启明船厂", tax_number="91330206MA2H7Q7N07"))
    say("erp", at(1), CustomerRecord("C0007", "C0007", "启明船厂有限公司", tax_number="91330206MA2H7Q7N07"))
    say("erp", at(1), ProductRecord("HL-NL02", "HL-NL02", "航行信号灯", unit="件", price=D(120), cost=D("79.21")))
    say("crm", at(1), OpportunityRecord("o3", "OPP-2608-031", value=D(1200), currency="CNY", opened_at=date(2026, 8, 26),
                                        closed_at=date(2026, 9, 3), order=X))  # fmt: skip
    say("oms", at(4, 10, 12), ORDER_X)
    bare = replace(LAMP, name="", unit="", price=None, tax_rate=None)
    say(
        "erp",
        at(4, 10, 20),
        OrderRecord("XS27", "XS26090027", same_as=(Same(X, "oms"),), lines=(replace(bare, ref="10"),)),
    )
    say("wms", at(5, 8, 31), OrderRecord("W27", "so2609-0027", same_as=(Same(X, "oms"),), lines=(bare,)))
    say("mes", at(14, 8, 2), WorkOrderRecord("M44", "WO-2609-0044", "HL-NL02", D(10), D(8), order=X, start_at=at(8, 8)))
    say("wms", at(14, 15, 2), ShipmentRecord("S29", "SH-2609-0029", shipped_at=at(14, 15, 2),
                                             lines=(ShipmentLineRecord("1", "HL-NL02", D(6), "W27"),)))  # fmt: skip
    say("oms", at(14, 15, 30), replace(ORDER_X, shipped="all"))
    say("erp", at(14, 17, 10), InvoiceRecord(
        "I24", "INV-2609-0024", invoice_date=date(2026, 9, 14), due_date=date(2026, 10, 14), currency="CNY", total=D(1356),
        lines=(InvoiceLineRecord("1", "XS26090027", sku="HL-NL02", qty=D(10), net=D(1200), tax_rate=D("0.13")),),
    ))  # fmt: skip


def e1(company: Company) -> None:
    """Orders A (10 @ 100) and B (5 @ 80): one merged shipment, two invoices, one payment of 1,000.00."""
    say = company.say
    line = OrderLineRecord("1", "HL-BL24", D(10), "LED lamp", "件", D(100), tax_rate=D("0.13"))
    one = OrderRecord("12", A, customer_name="Sailfar", order_date=date(2026, 9, 1), promised_date=date(2026, 9, 14),
                      currency="CNY", salesperson="Anna", lines=(line,))  # fmt: skip
    two = replace(one, ref="15", number=B, salesperson="Mei", lines=(replace(line, qty=D(5), price=D(80)),))
    say("oms", at(1, 14, 2), one, two)
    say("wms", at(10, 15, 40), ShipmentRecord(
        "S21", "SH-2609-0021", shipped_at=at(10, 15, 40), arrived_at=at(11, 16, 5),
        lines=(ShipmentLineRecord("1", "HL-BL24", D(6), A), ShipmentLineRecord("2", "HL-BL24", D(5), B)),
    ))  # fmt: skip
    say("wms", at(11), ShipmentRecord("S24", "SH-2609-0024", state="draft", planned_date=date(2026, 9, 16),
                                      lines=(ShipmentLineRecord("1", "HL-BL24", D(4), A),)))  # fmt: skip
    merged = (InvoiceLineRecord("1", A, sku="HL-BL24", qty=D(4), net=D(400)),
              InvoiceLineRecord("2", B, sku="HL-BL24", qty=D(5), net=D(400)))  # fmt: skip
    rest = (InvoiceLineRecord("1", A, sku="HL-BL24", qty=D(2), net=D(200)),)
    first = InvoiceRecord("I18", "INV-2609-0018", invoice_date=date(2026, 9, 11), due_date=date(2026, 10, 11),
                          currency="CNY", total=D(904), lines=merged)  # fmt: skip
    second = replace(first, ref="I19", number="INV-2609-0019", invoice_date=date(2026, 9, 14), total=D(226), lines=rest)
    say("erp", at(14, 11, 30), first, second)
    say("erp", at(15, 14, 20), PaymentRecord(
        "P7", "PAY-2609-0007", D(1000), paid_at=at(15, 14, 20), currency="CNY", same_as=(Same("BANK-102", "bank"),),
        allocations=(AllocationRecord(D(904), "INV-2609-0018"), AllocationRecord(D(96), "INV-2609-0019")),
    ))  # fmt: skip
    say("bank", at(16, 8, 30), PaymentRecord("B102", "BANK-102", D(1000), paid_at=at(15, 14, 20), customer_name="Sailfar Ltd",
                                             currency="CNY", reference="goods"))  # fmt: skip
