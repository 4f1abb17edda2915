"""A source's own versions as text that sorts as they do, and how a cursor moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ordertrail.sync.connectors.base import Value

_LONGEST = 40


def version_text(value: Value, zone: ZoneInfo) -> str:
    """A version, sequence or change time so written that a later one is the greater text; "" for none.

    Naive times are local in ``zone``; all are written in UTC.

    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> version_text(7, shanghai), version_text("2026-11-01 08:00:00", shanghai)
    ('00000000000000000007', '2026-11-01T00:00:00.000000Z')
    """
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return _utc(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == value.to_integral_value() else str(value)
    text = str(value).strip()
    if text.isascii() and text.isdigit():
        return text.zfill(20)[:_LONGEST]
    if len(text) > 10 and text[4:5] == "-":
        try:
            return _utc(datetime.fromisoformat(text), zone)
        except ValueError:
            return text[:_LONGEST]
    return text[:_LONGEST]


def _utc(at: datetime, zone: ZoneInfo) -> str:
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
