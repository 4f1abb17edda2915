"""Shipments as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ordertrail.api import written
from ordertrail.api.door import Caller
from ordertrail.api.scope import own
from ordertrail.api.shapes import documents as shapes
from ordertrail.orders.models import Order
from ordertrail.shipping.models import Shipment, ShipmentLine


def customer_of(orders: Iterable[int | None]) -> str | None:
    """The code of the one customer of these orders; None where there is none, or more than one."""
    codes = set(
        Order.objects.filter(pk__in={pk for pk in orders if pk}).values_list("customer__code", flat=True).distinct()
    )
    return codes.pop() if len(codes) == 1 else None


# --- shipments --------------------------------------------------------------------------------------------------------


def shipment_head(row: Shipment) -> dict[str, Any]:
    """What a list and the page tell of a shipment."""
    return {
        "id": str(row.pk), "number": row.number or None, "state": row.state,
        "kind": "return" if row.direction == "in" else "shipment", "date": row.shipped_date, "planned_date": row.planned_date,
        "customer_name": row.customer_name, "ship_to": row.ship_to, "carrier": row.carrier,
        "tracking_number": row.tracking_number, "home": row.home.code, "reported": row.reported,
    }  # fmt: skip


def shipments(rows: Sequence[Shipment]) -> list[shapes.ShipmentRow]:
    """Shipments of a list."""
    return [shapes.ShipmentRow(**shipment_head(row)) for row in rows]


def shipment(pk: int, by: Caller) -> shapes.Shipment:
    """One shipment. Shipment.DoesNotExist where there is none."""
    row = Shipment.objects.select_related("home").get(pk=pk)
    mine = own(ShipmentLine.objects.filter(shipment=pk), by.person)
    lines = list(mine.select_related("order_line").order_by("line"))
    cost = {"cost": None, "unit_cost": None} if by.sees_cost() else {}
    return shapes.Shipment(
        **shipment_head(row),
        version=0,
        customer=customer_of(line.order_id for line in lines),
        orders=_ids(line.order_id for line in lines),
        lines=[
            shapes.ShipmentLine(
                line=line.line,
                order=_id(line.order_id),
                order_line=line.order_line.line if line.order_line else None,
                sku=line.sku,
                qty=written.qty(line.qty),
                **cost,
            )
            for line in lines
        ],
    )


def _id(pk: int | None) -> str | None:
    return None if pk is None else str(pk)


def _ids(keys: Iterable[int | None]) -> list[str]:
    return [str(pk) for pk in dict.fromkeys(keys) if pk is not None]
