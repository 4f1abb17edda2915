"""The days that a metric is about, and those that it is compared with: pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ordertrail.boards.metric import Window

SPARK_WEEKS = 12
"""How far a tile's history goes back."""


@dataclass(frozen=True)
class Period:
    """Some days; both ends belong to it, None is open."""

    first: date | None
    last: date | None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As the query string has it: from and to."""
        ends = (("from", self.first), ("to", self.last))
        return [(name, day.isoformat()) for name, day in ends if day is not None]


def current(window: Window, today: date) -> Period:
    """The days of a window that ends today.

    >>> current(Window.MONTH, date(2026, 9, 16)).pairs
    [('from', '2026-09-01'), ('to', '2026-09-16')]
    """
    if window is Window.MONTH:
        return Period(today.replace(day=1), today)
    if window is Window.WEEKS:
        return Period(today - timedelta(27), today)
    return Period(None, None)


def before(window: Window, today: date) -> Period:
    """The days that those are compared with: the same days of the month before (its last day where it is shorter), or as many days
    before.

    >>> before(Window.MONTH, date(2026, 3, 31)).pairs
    [('from', '2026-02-01'), ('to', '2026-02-28')]
    >>> before(Window.WEEKS, date(2026, 9, 16)).pairs
    [('from', '2026-07-23'), ('to', '2026-08-19')]
    """
    if window is Window.MONTH:
        last = today.replace(day=1) - timedelta(1)
        return Period(last.replace(day=1), last.replace(day=min(today.day, monthrange(last.year, last.month)[1])))
    if window is Window.WEEKS:
        return Period(today - timedelta(55), today - timedelta(28))
    return Period(None, None)


def week_ends(today: date, weeks: int = SPARK_WEEKS) -> list[date]:
    """The last days of the last ``weeks`` weeks, today first: weeks of seven days that end today, so that none is a part.

    >>> week_ends(date(2026, 9, 16), 3)
    [datetime.date(2026, 9, 16), datetime.date(2026, 9, 9), datetime.date(2026, 9, 2)]
    """
    return [today - timedelta(7 * week) for week in range(weeks)]
