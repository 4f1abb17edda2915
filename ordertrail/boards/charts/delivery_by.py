"""Delivery statistics by one key as a table: orders, lines, shipments, late lines and their share, each with its rows."""

from __future__ import annotations

from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.delivery import LINES, PARTS, Deliveries, delivery
from ordertrail.boards.dimensions import DIMENSIONS
from ordertrail.boards.metric import metrics
from ordertrail.boards.periods import Period

MOST = 10


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The largest keys with their late share, and the total."""
    days = asked.days or Period(None, None)
    found = delivered(asked, tile.by, days)
    lines, late = metrics()["delivered_lines"], metrics()["late_deliveries"]
    rows = [
        (
            one,
            asked.rows("delivered_lines", lines, ((tile.by, one.key),), days) if one.key else "",
            asked.rows("late_deliveries", late, ((tile.by, one.key),), days) if one.key else "",
        )
        for one in found.rows
    ]
    return {
        "rows_of": rows[:MOST],
        "rest": rows[MOST:],
        "untold": bool(found.rows) and not any(one.key for one in found.rows),
        "total": found.total,
        "overlaps": sum(one.orders for one in found.rows) > found.total.orders,
        "dimension": DIMENSIONS[tile.by].title,
        "rows": asked.rows("delivered_lines", lines, (), days),
        "worst": max((one.late_share or 0 for one in found.rows), default=0),
    }


def delivered(asked: Asked, by: str, days: Period) -> Deliveries:
    """The delivery statistics under the filter of a board."""
    table = LINES if "sku" in asked.chosen.values else PARTS
    return delivery(
        by,
        "",
        days.first,
        days.last,
        asked.person,
        on=asked.snapshot,
        table=table,
        scope=asked.scope(table),
        params=asked.params(),
    )
