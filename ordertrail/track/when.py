"""When something happened: to the instant, or only the day (then it stands at the end of that local day)."""

from __future__ import annotations

from datetime import datetime, time

from ordertrail.lib.clock import zone

END_OF_DAY = time.max


def exact(at: datetime | None) -> datetime | None:
    """``at``, or None where only its day is known (``lib.moments`` keeps such a day as its last microsecond)."""
    return None if at is None or at.astimezone(zone()).time() == END_OF_DAY else at
