"""When something happened: to the instant, or only the day (then it stands at the end of that local day)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from ordertrail.lib.clock import zone

END_OF_DAY = time.max
NANOSECONDS = re.compile(r"\d{19}")
"""How far files are read is a time of change in nanoseconds since 1970."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
"""How an instant begins where a source writes one; anything else may be a number that grows."""


def exact(at: datetime | None) -> datetime | None:
    """``at``, or None where only its day is known (``lib.moments`` keeps such a day as its last microsecond)."""
    return None if at is None or at.astimezone(zone()).time() == END_OF_DAY else at


def read_up_to(value: str, zone_name: str = "") -> str | datetime:
    """A cursor or a version as people read it: the moment that it means (in the source's zone where it names none), else the
    source's own text.

    >>> read_up_to("1795459808651399463").isoformat(timespec="seconds"), read_up_to("2026-09-16"), read_up_to("20260916")
    ('2026-11-23T18:50:08+00:00', '2026-09-16', '20260916')
    >>> str(read_up_to("2026-09-16 08:00:30", "Asia/Tokyo")), read_up_to("2026-09-16T08:00:30 and a half")
    ('2026-09-16 08:00:30+09:00', '2026-09-16T08:00:30 and a half')
    """
    if NANOSECONDS.fullmatch(value):
        return datetime.fromtimestamp(int(value) // 10**9, UTC)
    try:
        at = datetime.fromisoformat(value) if INSTANT.match(value) else None
    except ValueError:
        at = None
    if at is None:
        return value
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone_name) if zone_name else zone())
