"""The company's working time."""

from __future__ import annotations

from datetime import date

import pytest

from ordertrail.demo.truth import local
from ordertrail.demo.workdays import Calendar, is_holiday

CALENDAR = Calendar(date(2026, 1, 1), date(2026, 12, 31))


def test_weekends_and_long_holidays_are_free() -> None:
    assert not CALENDAR.is_working(date(2026, 9, 19))  # a Saturday
    assert CALENDAR.is_working(date(2026, 9, 21))
    assert [is_holiday(date(2026, 2, day)) for day in (15, 16, 17, 23, 24)] == [False, True, True, True, False]
    assert is_holiday(date(2026, 10, 1))
    assert is_holiday(date(2026, 10, 7))
    assert not is_holiday(date(2026, 10, 8))


@pytest.mark.parametrize(
    ("day", "working_days", "found"),
    [
        (date(2026, 9, 16), 0, date(2026, 9, 16)),
        (date(2026, 9, 19), 0, date(2026, 9, 21)),  # Saturday: the next working day
        (date(2026, 9, 18), 1, date(2026, 9, 21)),
        (date(2026, 9, 21), -1, date(2026, 9, 18)),
        (date(2026, 9, 20), -1, date(2026, 9, 18)),  # Sunday: the working day before
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over the National Day week
        (date(2027, 3, 31), 1, date(2027, 4, 1)),  # further than it was made for
    ],
)
def test_a_day_so_many_working_days_away(day: date, working_days: int, found: date) -> None:
    assert CALENDAR.day_after(day, working_days) == found


def test_working_time_runs_from_opening_to_closing() -> None:
    friday = local(2026, 9, 18, 16, 30)
    assert CALENDAR.later(friday, 0.5) == local(2026, 9, 21, 12, 0)
    assert CALENDAR.between(friday, local(2026, 9, 21, 12, 0)) == 0.5
    assert CALENDAR.later(local(2026, 9, 19, 11), 0.0) == local(2026, 9, 21, 8, 30)
    assert CALENDAR.between(local(2026, 9, 14, 8, 30), local(2026, 9, 17, 17, 30)) == 4.0
