"""The company of scenario E19 in few words: five systems, and what each says of order X."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from ordertrail.desk.mirror import Mirrored, mirror
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told
from ordertrail.lib import clock
from ordertrail.orders.models import OrderStatus
from ordertrail.records.actions import Said
from ordertrail.records.models import Source
from ordertrail.records.shapes import (
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

D = Decimal

OMS_X = OrderRecord(
    "17", "SO-2609-0027", customer="c1", customer_name="启明船厂", order_date=date(2026, 9, 4), promised_date=date(2026, 9, 21),
    currency="CNY", shipped="all", lines=(OrderLineRecord("1", "HL-BL24", D(10), price=D(120), tax_rate=D("0.13")),),
)  # fmt: skip
QUIET = replace(OMS_X, shipped="")
"""The OMS has the order and says nothing of shipping."""
WMS_X = OrderRecord(
    "W1", "so2609-0027", same_as=(Same("SO-2609-0027", "oms"),), lines=(OrderLineRecord("1", "hl-bl24", D(10)),)
)
WMS_SHIPS_6 = ShipmentRecord(
    "S1", "SH-2609-0029", shipped_at=date(2026, 9, 14), lines=(ShipmentLineRecord("1", "hl-bl24", D(6), order="W1"),)
)
WMS_SHIPS_4 = ShipmentRecord(
    "S2", "SH-2609-0034", shipped_at=date(2026, 9, 16), lines=(ShipmentLineRecord("1", "hl-bl24", D(4), order="W1"),)
)
ERP_BILLS_10 = InvoiceRecord(
    "I1", "INV-2609-0024", invoice_date=date(2026, 9, 14), currency="CNY", total=D("1356.00"),
    lines=(InvoiceLineRecord("1", "SO-2609-0027", sku="HL-BL24", qty=D(10), net=D(1200), tax_rate=D("0.13")),),
)  # fmt: skip
MES_MADE_8 = WorkOrderRecord("M1", "WO-2609-0044", "HL-BL24", D(10), D(8), order="SO-2609-0027")


def source(code: str, position: int = 50, **ranks: object) -> Source:
    """A source that is believed as ``ranks`` say."""
    names = {"bank": "Bank"}
    return Source.objects.create(
        code=code, name=names.get(code, code.upper()), kind=code, connector="sql", position=position, **ranks
    )


def company() -> dict[str, Source]:
    """The five systems, in the order in which they are shown."""
    return {
        "oms": source("oms", 1, order_rank=1, goods_rank=5),
        "erp": source("erp", 2, order_rank=3, goods_rank=3, invoice_rank=1, money_rank=2),
        "wms": source("wms", 3, order_rank=5, goods_rank=1, goods_scope="orders"),
        "mes": source("mes", 4, production_rank=1),
        "bank": source("bank", 5, money_rank=1, money_scope="all"),
    }


def say(who: Source, *records: Record) -> Mirrored:
    """``who`` says these records now."""
    return mirror(who, [Said(record) for record in records], batch=None, learned_at=clock.now())


def e19() -> dict[str, Source]:
    """Scenario E19 as it stands before the warehouse sends the rest."""
    by = company()
    said: list[tuple[str, Record]] = [
        ("oms", OMS_X),
        ("wms", WMS_X),
        ("wms", WMS_SHIPS_6),
        ("erp", ERP_BILLS_10),
        ("mes", MES_MADE_8),
    ]
    for code, record in said:
        say(by[code], record)
    return by


def x_id() -> int:
    """The id of order X."""
    return OrderStatus.objects.get(number="SO-2609-0027").order_id


def opened() -> list[tuple[str, str, Decimal | None]]:
    """What is open after the checks have followed: (check, title, money)."""
    follow()
    rows = Finding.objects.filter(status="open").order_by("check_name", "pk")
    return [(row.check_name, told(row).title, row.money) for row in rows]


def step(check: str) -> str:
    """What the one finding of a check says is to be done."""
    return told(Finding.objects.get(check_name=check)).next_step


def crm_order(**fields: Any) -> OrderRecord:
    """Order X as the CRM has it."""
    return OrderRecord("k9", "CT-0331", same_as=(Same("SO-2609-0027", "oms"),), currency="CNY", **fields)
