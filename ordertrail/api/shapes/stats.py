"""Statistics in answers."""

from __future__ import annotations

from ordertrail.api.shapes.frame import Shape
from ordertrail.api.written import Ratio


class DeliveryRow(Shape):
    """Deliveries of one country, vendor, mode or month, or of all; late: delivered after the scheduled day, by line."""

    key: str
    orders: int
    lines: int
    shipments: int
    late: int
    late_share: Ratio | None


class Delivery(Shape):
    """Rows and their total."""

    rows: list[DeliveryRow]
    total: DeliveryRow
