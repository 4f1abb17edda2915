"""The same as ``weeks``, month by month over all the days that are looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.charts.weeks import counted, point, shown
from ordertrail.boards.periods import Period

MOST = 36
"""How many months are drawn: the last ones there are."""


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """Every month of the days in the address; without any, the last three years that there are deliveries of."""
    days = asked.days or Period(None, None)
    found = counted(tile.metric, asked, "month", days)
    if not found:
        return shown(tile, asked, [])
    last = max(found)
    first = max(min(found), _earlier(last, MOST - 1))
    points = []
    month = first
    while month <= last:
        end = (month + timedelta(31)).replace(day=1) - timedelta(1)
        span = Period(max(month, days.first or month), min(end, days.last or end))
        points.append(point(tile, asked, month.strftime("%Y-%m"), span, found.get(month)))
        month = end + timedelta(1)
    return shown(tile, asked, points)


def _earlier(month: date, months: int) -> date:
    """The first day of the month so many months before.

    >>> _earlier(date(2026, 2, 1), 3)
    datetime.date(2025, 11, 1)
    """
    count = month.year * 12 + month.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
