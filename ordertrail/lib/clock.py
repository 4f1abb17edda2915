"""The clock: the only place that asks what time it is, so that a test or a story may stand on a fixed day."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """The company's one time zone; days of documents are days there."""
    return ZoneInfo(settings.TIME_ZONE)


def now() -> datetime:
    """This instant in UTC; with ORDERTRAIL_TODAY set, noon in the company's zone of that day."""
    fixed = os.environ.get("ORDERTRAIL_TODAY")
    if fixed:
        return datetime.combine(date.fromisoformat(fixed), time(12), tzinfo=zone()).astimezone(UTC)
    return datetime.now(UTC)


def today() -> date:
    """The company's day now."""
    return now().astimezone(zone()).date()
