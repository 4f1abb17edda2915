"""A share by week as a line against its target, with the lines that were late as bars; and the same as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.boards.asked import Asked
from ordertrail.boards.board import Tile
from ordertrail.boards.metric import Metric
from ordertrail.boards.periods import SPARK_WEEKS, Period
from ordertrail.hub.read import query
from ordertrail.lib.money import half_up
from ordertrail.web import format as write


@dataclass(frozen=True)
class Point:
    """One week or month: its words, its days, how many rows were delivered and how many of them late, the share in percent (None
    without any), and the addresses of its rows."""

    words: str
    many: int
    late: int
    percent: Decimal | None
    rows: str


def draw(tile: Tile, asked: Asked) -> dict[str, Any]:
    """The last twelve weeks from Monday to Sunday, the present one last."""
    monday = asked.today - timedelta(asked.today.weekday())
    begins = [monday - timedelta(7 * week) for week in reversed(range(SPARK_WEEKS))]
    days = [Period(first, min(first + timedelta(6), asked.today)) for first in begins]
    found = counted(tile.metric, asked, "week", Period(begins[0], asked.today))
    points = [
        point(tile, asked, f"W{first.isocalendar().week:02}", span, found.get(first))
        for first, span in zip(begins, days, strict=True)
    ]
    return shown(tile, asked, points)


def counted(metric: Metric, asked: Asked, what: str, days: Period) -> dict[date, tuple[int, int]]:
    """By first day of the week or month: rows, and those that do not count for the share."""
    bound: dict[str, Any] = {}
    parts = []
    for name, sign, day in (("first_day", ">=", days.first), ("last_day", "<=", days.last)):
        if day is not None:
            parts.append(f"{metric.day} {sign} ${name}")
            bound[name] = day
    sql = (
        f"SELECT CAST(date_trunc('{what}', {metric.day}) AS DATE) AS first, CAST(SUM({metric.of}) AS BIGINT),"
        f" CAST(SUM({metric.of}) - SUM({metric.each}) AS BIGINT)"
        f" FROM {metric.table} AS t WHERE {' AND '.join([metric.where, asked.scope(metric.table), *parts])}"
        f" AND {metric.day} IS NOT NULL GROUP BY 1"
    )
    return {row[0]: row[1:] for row in query(sql, {**asked.params(), **bound}, asked.person, on=asked.snapshot).rows}


def point(tile: Tile, asked: Asked, words: str, span: Period, row: tuple[int, int] | None) -> Point:
    """One point of the line."""
    many, late = row or (0, 0)
    share = half_up(100 * Decimal(many - late) / many, 1) if many else None
    return Point(words, many, late, share, asked.rows(tile.name, tile.metric, (), span))


def shown(tile: Tile, asked: Asked, points: Sequence[Point]) -> dict[str, Any]:
    """What the template and its script show."""
    target = half_up(Decimal(settings.COMPANY.on_time_target) * 100, 1)
    told = [one.percent for one in points if one.percent is not None]
    last = told[-1] if told else None
    return {
        "points": points,
        "target": target,
        "empty": not told,
        "label": _("%(title)s: last %(last)s, target %(target)s")
        % {
            "title": tile.words,
            "last": _("unknown") if last is None else f"{last}%",
            "target": f"{target.normalize():f}%",
        },
        # In an attribute: the page takes no script, not even data, out of what it reloads.
        "figures": json.dumps(
            {
                "names": [one.words for one in points],
                "percent": [None if one.percent is None else str(one.percent) for one in points],
                "late": [one.late for one in points],
                "rows": [one.rows for one in points],
                "target": str(target),
                "words": {
                    "share": str(tile.metric.title),
                    "late": _("late lines"),
                    "target": _("target %(target)s")
                    % {"target": f"{write.number(target, 0 if target == int(target) else 1)}%"},
                },
            },
            ensure_ascii=False,
        ),
        "rows": asked.rows(tile.name, tile.metric),
    }
