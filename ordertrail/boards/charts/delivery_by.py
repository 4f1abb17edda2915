"""Delivery statistics by one key as a table: orders, lines, shipments, late lines and their share, each with its rows."""

from __future__ import annotations

from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.delivery import delivery
from ordertrail.boards.dimensions import DIMENSIONS
from ordertrail.boards.metric import metrics
from ordertrail.boards.periods import Period

MOST = 10


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The largest keys with their late share, and the total."""
    days = asked.days or Period(None, None)
    scope = asked.scope(tile.metric.table)
    found = delivery(
        tile.by, "", days.first, days.last, asked.person, on=asked.snapshot, scope=scope, params=asked.params()
    )
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
        "dimension": DIMENSIONS[tile.by].title,
        "rows": asked.rows("delivered_lines", lines, (), days),
        "worst": max((one.late_share or 0 for one in found.rows), default=0),
    }
