"""Scenario E19 of domain.md alone: five tiny systems that disagree about one order, as real files and databases.

The OMS says that all 10 of order SO-2609-0027 were shipped, the warehouse sent 6, the ERP invoiced 10, the bank has no
money for it, 8 are finished. When the warehouse ships the other four, two of the disagreements are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ordertrail.demo import sources
from ordertrail.demo.systems import bank, erp, mes, oms, wms
from ordertrail.demo.truth import (
    Customer,
    Invoice,
    InvoiceLine,
    Order,
    OrderLine,
    Payment,
    Product,
    Shipment,
    ShipmentLine,
    WorkOrder,
    local,
)

TODAY = date(2026, 9, 16)
"""The day on which the story stands."""

NUMBER = "SO-2609-0027"

NEXT_MORNING = local(2026, 9, 16, 9, 12)
"""When the warehouse sends the rest: before noon of that day, which is "now" on a fixed day."""


@dataclass(frozen=True, slots=True)
class SmallCompany:
    """The five systems in ``folder``, and the one order that they know."""

    folder: Path
    order: Order

    def wms_ships_four_more(self, at: datetime = NEXT_MORNING) -> str:
        """The warehouse sends the rest at ``at``, which is also the change time; the number of that shipment."""
        shipment = _shipment(self.order, "SH-2609-0034", 4, at)
        wms.write(self.folder, [shipment])
        return shipment.number


def _customer() -> Customer:
    return Customer(
        no=7,
        zh="启明船厂",
        en="Qiming Shipyard",
        official="启明船厂有限公司",
        erp_code="C0007",
        tax_number="91330206MA2H7Q7N07",
        city="宁波",
        address="宁波市北仑区船厂路 7 号",
        phone="0574-8670 1107",
        salesperson="Anna",
        bank_name="启明船厂有限公司",
        oms_erp_code="C0007",
    )


def _order() -> Order:
    price, cost = Decimal("120.00"), Decimal("79.20")
    lamp = Product("HL-NL02", "航行信号灯", "Navigation light", "件", "航行灯", price, cost, pack=6, made=True)
    return Order(
        no=27,
        number=NUMBER,
        erp_number="XS26090027",
        customer=_customer(),
        lines=[OrderLine(1, lamp, 10, price)],
        ordered_at=local(2026, 9, 4, 10, 12),
        promised_date=date(2026, 9, 21),
        salesperson="Anna",
        changed_at=local(2026, 9, 14, 15, 30),
        po_number="QM-26-1193",
        ship_to="宁波市北仑区船厂路 7 号",
        oms_shipped=True,
        erp_at=local(2026, 9, 4, 10, 20),
    )


def _shipment(order: Order, number: str, qty: int, at: datetime) -> Shipment:
    return Shipment(
        number=number,
        wave=f"W{at:%y%m%d}-1",
        customer=order.customer,
        lines=[ShipmentLine(order, order.lines[0], qty)],
        created_at=at.replace(hour=8, minute=30),
        planned_date=at.date(),
        changed_at=at,
        state="done",
        shipped_at=at,
        ship_to=order.ship_to,
        carrier="德邦物流",
        waybill=f"DPK{at:%y%m%d%H%M}",
    )


def _invoice(order: Order) -> Invoice:
    at = local(2026, 9, 14, 17, 10)
    line = InvoiceLine(order, order.lines[0], None, 10, Decimal("1200.00"))
    return Invoice("INV-2609-0024", order.customer, [line], at, date(2026, 10, 14), "26332000000012340024", at)


def _work_order(order: Order) -> WorkOrder:
    return WorkOrder(
        number="WO-2609-0044",
        product=order.lines[0].product,
        planned=10,
        created_at=local(2026, 9, 5, 8, 31),
        due_date=date(2026, 9, 18),
        changed_at=local(2026, 9, 14, 8, 2),
        order=order,
        line=order.lines[0],
        started_at=local(2026, 9, 8, 8, 0),
        finished=8,
        state="running",
    )


def _other_money() -> Payment:
    """Money that has nothing to do with the order: the bank was read, and does not know the order."""
    at = local(2026, 9, 15, 14, 6, 31)
    return Payment("2026091500371", "", None, "东澳渔业设备有限公司", Decimal("2000.00"), at, "预付款")


def write(folder: Path) -> SmallCompany:
    """Make the five systems in ``folder``, which must be empty or new, as they stood on 2026-09-16."""
    folder.mkdir(parents=True, exist_ok=True)
    order = _order()
    oms.write(folder, [order], [order.customer], [order.lines[0].product])
    wms.write(folder, [_shipment(order, "SH-2609-0029", 6, local(2026, 9, 14, 15, 2))])
    erp.write_masters(folder, [order.customer], [order.lines[0].product])
    erp.write(folder, [order], invoices=[_invoice(order)])
    bank.write(folder, [_other_money()])
    work_order = _work_order(order)
    mes.write_file(folder, work_order.changed_at.date(), [mes.cells(work_order)])
    return SmallCompany(folder, order)


def source_settings(company: SmallCompany) -> list[dict[str, Any]]:
    """The five systems as sources, in the order in which they are synced."""
    folder = company.folder
    return [
        sources.oms_source(folder),
        sources.wms_source(folder),
        sources.erp_source(folder),
        sources.mes_source(folder),
        sources.bank_source(folder),
    ]
