"""The days that a metric is about, and those that it is compared with: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import Window, Words
from ordertrail.lib.workdays import workdays

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


def this_month(today: date) -> Period:
    """The month up to today."""
    return Period(today.replace(day=1), today)


def last_month(today: date) -> Period:
    """The whole month before."""
    last = today.replace(day=1) - timedelta(1)
    return Period(last.replace(day=1), last)


def named(today: date) -> tuple[tuple[Words, Period], ...]:
    """The days that people ask for by name.

    >>> [str(span.first) for _words, span in named(date(2026, 9, 16))]
    ['2026-09-01', '2026-08-01', '2026-08-18', '2026-07-01', '2026-01-01']
    """
    return (
        (_("This month"), this_month(today)),
        (_("Last month"), last_month(today)),
        (_("Last 30 days"), Period(today - timedelta(29), today)),
        (_("This quarter"), Period(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today)),
        (_("This year"), Period(date(today.year, 1, 1), today)),
    )


def begins(today: date) -> bool:
    """Whether no working day of the month is over yet.

    >>> begins(date(2026, 10, 1)), begins(date(2026, 10, 2)), begins(date(2026, 11, 2)), begins(date(2026, 11, 3))
    (True, False, True, False)
    """
    return not workdays(today.replace(day=1) - timedelta(1), today - timedelta(1))


def current(window: Window, today: date) -> Period:
    """The days of a window that ends today. A month that only begins has nothing to tell yet: then it is the one before.

    >>> current(Window.MONTH, date(2026, 9, 16)).pairs, current(Window.MONTH, date(2026, 10, 1)).pairs
    ([('from', '2026-09-01'), ('to', '2026-09-16')], [('from', '2026-09-01'), ('to', '2026-09-30')])
    """
    if window is Window.MONTH:
        return last_month(today) if begins(today) else this_month(today)
    if window is Window.WEEKS:
        return Period(today - timedelta(27), today)
    return Period(None, None)


def before(window: Window, today: date) -> Period:
    """The days that those are compared with: the same days of the month before (its last day where it is shorter; all of it where the
    month is over), or as many days before.

    >>> before(Window.MONTH, date(2026, 3, 31)).pairs, before(Window.MONTH, date(2026, 3, 1)).pairs
    ([('from', '2026-02-01'), ('to', '2026-02-28')], [('from', '2026-01-01'), ('to', '2026-01-31')])
    >>> before(Window.WEEKS, date(2026, 9, 16)).pairs
    [('from', '2026-07-23'), ('to', '2026-08-19')]
    """
    if window is Window.MONTH:
        last = today.replace(day=1) - timedelta(1)
        if begins(today):
            return last_month(last)
        return Period(last.replace(day=1), last.replace(day=min(today.day, last.day)))
    if window is Window.WEEKS:
        return Period(today - timedelta(55), today - timedelta(28))
    return Period(None, None)


def week_ends(today: date, weeks: int = SPARK_WEEKS) -> list[date]:
    """The last days of the last ``weeks`` weeks, today first: weeks of seven days that end today, so that none is a part.

    >>> week_ends(date(2026, 9, 16), 3)
    [datetime.date(2026, 9, 16), datetime.date(2026, 9, 9), datetime.date(2026, 9, 2)]
    """
    return [today - timedelta(7 * week) for week in range(weeks)]
