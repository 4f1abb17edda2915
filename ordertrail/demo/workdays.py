"""The company's working time: Monday to Friday, 8:30 to 17:30, without the longest public holidays."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta

from ordertrail.demo.truth import CHINA

OPENS = time(8, 30)
MINUTES = 540
"""Minutes of one working day, 8:30 to 17:30."""

SPRING = {
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
    2031: (1, 23),
}
"""The first day of the Chinese year; outside this table Spring Festival is taken as 5 February."""


def is_holiday(day: date) -> bool:
    """Whether the company is closed for New Year, Spring Festival (8 days), May Day or the National Day week."""
    month, first = SPRING.get(day.year, (2, 5))
    spring = date(day.year, month, first)
    fixed = (day.month, day.day)
    return (
        spring - timedelta(days=1) <= day < spring + timedelta(days=7)
        or fixed == (1, 1)
        or (5, 1) <= fixed <= (5, 4)
        or (10, 1) <= fixed <= (10, 7)
    )


class Calendar:
    """The working days between two days, and sums of days and of working time within them."""

    def __init__(self, first: date, last: date) -> None:
        self.days: list[date] = []
        self._next = first
        self._reach(last)

    def _reach(self, last: date) -> None:
        """Know the working days up to ``last``."""
        while self._next <= last:
            if self._next.weekday() < 5 and not is_holiday(self._next):
                self.days.append(self._next)
            self._next += timedelta(days=1)

    def _day(self, at: int) -> date:
        """The working day at that place; the calendar grows as far as it is asked."""
        while at >= len(self.days):
            self._reach(self._next + timedelta(days=365))
        return self.days[at]

    def _place(self, day: date) -> int:
        """The place of ``day``, or of the next working day."""
        if day >= self._next:
            self._reach(day + timedelta(days=365))
        return bisect_left(self.days, day)

    def is_working(self, day: date) -> bool:
        """Whether the company works on ``day``."""
        return self._day(self._place(day)) == day

    def day_after(self, day: date, working_days: int) -> date:
        """The day that many working days after ``day`` (0: that day, or the next working day); negative: before."""
        at = self._place(day)
        if working_days < 0 and self._day(at) != day:
            return self.days[at + working_days]
        return self._day(at + working_days)

    def later(self, moment: datetime, working_days: float) -> datetime:
        """``moment`` plus working time, counted from the next opening where the company is closed."""
        at = self._place(moment.date())
        minute = self._minute(moment) if self._day(at) == moment.date() else 0
        whole, rest = divmod(round(minute + working_days * MINUTES), MINUTES)
        return opening(self._day(at + whole)) + timedelta(minutes=rest, seconds=moment.second)

    def between(self, start: datetime, end: datetime) -> float:
        """Working days from ``start`` to ``end``, as a fraction of days of nine hours."""
        first, last = self._place(start.date()), self._place(end.date())
        minutes = (last - first) * MINUTES
        minutes += self._minute(end) if self.is_working(end.date()) else 0
        minutes -= self._minute(start) if self.is_working(start.date()) else 0
        return minutes / MINUTES

    @staticmethod
    def _minute(moment: datetime) -> int:
        """Working minutes of its day that have passed at ``moment``."""
        passed = (moment.hour - OPENS.hour) * 60 + moment.minute - OPENS.minute
        return min(max(passed, 0), MINUTES)


def opening(day: date) -> datetime:
    """When the company opens on ``day``."""
    return datetime.combine(day, OPENS, tzinfo=CHINA)
