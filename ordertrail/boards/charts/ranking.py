"""A metric taken apart by one dimension: the largest parts as bars, each with its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.dimensions import DIMENSIONS, parts

MOST = 8


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The largest parts, to scale, and how many more there are."""
    found = parts(tile.name, tile.metric, tile.by, asked)
    most = max((part.value or Decimal(0) for part in found), default=Decimal(0))
    return {
        "parts": found[:MOST],
        "more": max(0, len(found) - MOST),
        "most": most,
        "dimension": DIMENSIONS[tile.by].title,
        "is_money": tile.metric.by_currency,
        "rows": asked.rows(tile.name, tile.metric),
    }
