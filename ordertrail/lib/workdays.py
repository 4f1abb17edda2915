"""Working days: the default calendar is Monday to Friday (domain.md §1.10, duration)."""

from __future__ import annotations

from datetime import date, timedelta


def workdays(begin: date, end: date) -> int:
    """The working days after ``begin`` up to ``end``; 0 when ``end`` is not later.

    >>> workdays(date(2026, 9, 4), date(2026, 9, 8)), workdays(date(2026, 9, 5), date(2026, 9, 6))
    (2, 0)
    """
    if end <= begin:
        return 0
    weeks, more = divmod((end - begin).days, 7)
    rest = (begin + timedelta(weeks=weeks, days=day) for day in range(1, more + 1))
    return weeks * 5 + sum(day.weekday() < 5 for day in rest)
