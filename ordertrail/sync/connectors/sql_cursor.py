"""How far a table has been read: cursor values of any database as text, moved back by a lag and held back from the
future.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

_EPOCH_SECONDS = range(10**9, 10**10)
_EPOCH_MILLIS = range(10**12, 10**13)


def to_text(value: Any) -> str:
    """A cursor value as text, kept between runs; Refused("cursor_not_sortable") for kinds that do not sort."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise Refused(
        "cursor_not_sortable",
        _("The cursor column holds values of type %(type)s, which do not tell later from earlier; choose another one.")
        % {"type": type(value).__name__},
    )


def lower_bound(since: str, like: Any, lag_seconds: int) -> Any:
    """``since`` as a value of the same type as ``like``, moved back by the lag.

    For a running number the lag counts numbers. Refused("cursor_not_time") when a lag is asked of a text that is no
    time.
    """
    lag = timedelta(seconds=lag_seconds)
    if isinstance(like, datetime):
        found = datetime.fromisoformat(since)
        if (found.tzinfo is None) != (like.tzinfo is None):
            found = found.replace(tzinfo=like.tzinfo)
        return found - lag
    if isinstance(like, date):
        return (datetime.fromisoformat(since) - lag).date()
    if isinstance(like, (int, Decimal, float)):
        number = Decimal(since)
        step = lag_seconds * 1000 if int(number) in _EPOCH_MILLIS else lag_seconds
        return type(like)(number - step)
    return shifted_text(since, -lag) if lag_seconds else since


def shifted_text(text: str, by: timedelta) -> str:
    """A time written as text, moved, in the same writing.

    >>> shifted_text("2026-11-01 08:00:00.50Z", timedelta(minutes=-10))
    '2026-11-01 07:50:00.50Z'
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "cursor_not_time",
            _("The cursor “%(text)s” is no time, so a lag cannot be taken off; set “lag_seconds” to 0.")
            % {"text": text},
        ) from None
    moved = at + by
    if len(text) <= 10:
        return moved.date().isoformat()
    separator = text[10]
    clock = text[11:]
    for sign in "Z+-":
        clock = clock.split(sign, 1)[0]
    suffix = text[11 + len(clock) :]
    written = moved.strftime("%H:%M:%S.%f")[: max(len(clock), 5)]
    return f"{moved:%Y-%m-%d}{separator}{written}{suffix}"


def upper_bound(like: Any, now: datetime, zone: ZoneInfo) -> Any:
    """The instant ``now`` as a value of the same type as ``like``; None where that type is no time.

    Naive values are local in ``zone``.
    """
    local = now.astimezone(zone)
    if isinstance(like, datetime):
        return local.replace(tzinfo=None) if like.tzinfo is None else local
    if isinstance(like, date):
        return local.date()
    if isinstance(like, int) and like in _EPOCH_SECONDS:
        return int(now.timestamp())
    if isinstance(like, int) and like in _EPOCH_MILLIS:
        return int(now.timestamp() * 1000)
    if isinstance(like, str) and len(like) >= 10:
        try:
            found = datetime.fromisoformat(like)
        except ValueError:
            return None
        if len(like) == 10:
            return local.date().isoformat()
        at = local if found.tzinfo is None else now.astimezone(UTC)
        return at.strftime(f"%Y-%m-%d{like[10]}%H:%M:%S.%f")
    return None
