"""What was delivered in all: orders, shipments, lines, late lines and their share, each with its rows."""

from __future__ import annotations

from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.charts.delivery_by import delivered
from ordertrail.boards.metric import metrics


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The total of the delivery statistics."""
    days = asked.period(tile.metric)
    found = delivered(asked, "country", days)
    late = metrics()["late_deliveries"]
    return {
        "total": found.total,
        "rows": asked.rows(tile.name, tile.metric),
        "late_rows": asked.rows("late_deliveries", late, (), days),
    }
