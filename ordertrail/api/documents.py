"""Shipments as the API tells them, each by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ordertrail.api.shapes import documents as shapes
from ordertrail.orders.models import Order
from ordertrail.shipping.models import Shipment


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
