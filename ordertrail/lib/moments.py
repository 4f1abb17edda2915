"""When something happened, as sources know it: to the instant, or only the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from ordertrail.lib.clock import zone


def moment(value: datetime | date | None) -> tuple[datetime | None, date | None, str]:
    """The instant (UTC), the company's local day, and how exact it is ("" or "day").

    A day stands at its end: the last microsecond of that local day (architecture.md §5, order of events).
    """
    if value is None:
        return None, None, ""
    if isinstance(value, datetime):
        at = value if value.tzinfo else value.replace(tzinfo=zone())
        return at.astimezone(UTC), at.astimezone(zone()).date(), ""
    end = datetime.combine(value + timedelta(days=1), time(), tzinfo=zone()) - timedelta(microseconds=1)
    return end.astimezone(UTC), value, "day"
