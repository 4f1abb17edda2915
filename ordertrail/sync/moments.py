"""Days and instants in the many ways in which sources write them; a text that could be two days is refused, never
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ordertrail.sync.connectors.base import Value
from ordertrail.sync.values import Bad, Noting, Reading, read_text, show

_ISO_LIKE = frozenset(
    {"iso", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y%m%d"}
    | {"%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"}
)
_CLOCK = (
    r"(?:[\sT]*(上午|下午|AM|PM)?\s*(\d{1,2})[:时時点點](\d{1,2})?"
    r"(?:[:分](\d{1,2})?(?:[.,](\d{1,6})\d*)?)?[分秒]?\s*(AM|PM)?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?" + _CLOCK, re.IGNORECASE)
_REPUBLIC = re.compile(
    r"(民國|民国)?\s*(\d{2,3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?" + _CLOCK, re.IGNORECASE
)
_THREE = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})" + _CLOCK, re.IGNORECASE)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\sT]?(\d{2}):?(\d{2}):?(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９／－．：　", "0123456789/-.: ")
_ZERO_DATES = frozenset({"0000-00-00", "0000-00-00 00:00:00"})  # how MySQL writes "none"
_REMEMBERED = 20_000
_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)

Moment = date | datetime


def parser(reading: Reading) -> Callable[[str], Moment | None]:
    """A function from text to a day, or to an instant that is naive where the text names no offset; remembers what it
    has read.

    >>> read = parser(Reading(date_order="dmy"))
    >>> read("2026-11-01"), read("2026年3月5日"), read("03/04/26")
    (datetime.date(2026, 11, 1), datetime.date(2026, 3, 5), datetime.date(2026, 4, 3))
    >>> read("2026-11-01 08:30")
    datetime.datetime(2026, 11, 1, 8, 30)
    """
    formats = [pattern for pattern in reading.dates if pattern not in _ISO_LIKE]
    known: dict[str, Moment | None] = {}

    def parse(text: str) -> Moment | None:
        if text in known:
            return known[text]
        if len(known) >= _REMEMBERED:
            known.clear()
        moment = _by_formats(text, formats, reading.year_pivot) if formats else None
        known[text] = moment = _in_business(moment or _parse(read_text(text), reading), text)
        return moment

    return parse


def _by_formats(text: str, formats: list[str], pivot: int) -> Moment | None:
    for pattern in formats:
        try:
            found = datetime.strptime(text.strip(), pattern)  # noqa: DTZ007  the zone is the source's, added later
        except ValueError:
            continue
        if "%y" in pattern:
            found = found.replace(year=_century(found.year % 100, pivot))
        return found if "%H" in pattern or "%I" in pattern or "%X" in pattern or "%c" in pattern else found.date()
    return None


def _century(two_digits: int, pivot: int) -> int:
    return two_digits + (2000 if two_digits < pivot else 1900)


def _parse(text: str, reading: Reading) -> Moment | None:
    if not text or text in _ZERO_DATES:
        return None
    text = text.translate(_FULL_WIDTH_DIGITS).strip()
    try:
        if len(text) == 10 and text[4] == "-":
            return date.fromisoformat(text)
        if len(text) > 10 and text[4] == "-" and text[10] in " T":
            return datetime.fromisoformat(text if len(text) < 20 else text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        pass
    found = _by_look(text, reading)
    if found is None:
        raise Bad(
            "not_a_date",
            _(
                "“%(text)s” is not a date that is known here. Name its format under “dates”, or list the text "
                "under “empty”."
            )
            % {"text": show(text)},
        )
    return found


def _by_look(text: str, reading: Reading) -> Moment | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _made(text, match[1], match[2], match[3], match.groups()[3:])
    if match := _PACKED.fullmatch(text):
        clock = (None, match[4], match[5], match[6], None, None)
        return _made(text, match[1], match[2], match[3], clock)
    if _SERIAL.fullmatch(text):
        return serial(Decimal(text), excel_1904=reading.excel_1904)
    match = _REPUBLIC.fullmatch(text)
    if match and (match[1] or reading.era == "minguo"):
        if reading.era != "minguo":
            raise Bad(
                "era_unknown",
                _("“%(text)s” counts years of the Republic; set era to “minguo” for this source.")
                % {"text": show(text)},
            )
        return _made(text, str(int(match[2]) + 1911), match[3], match[4], match.groups()[4:])
    if match := _THREE.fullmatch(text):
        year, month, day = _ordered(text, match[1], match[2], match[3], reading)
        return _made(text, year, month, day, match.groups()[3:])
    return None


def _ordered(text: str, first: str, second: str, third: str, reading: Reading) -> tuple[str, str, str]:
    """Year, month and day of three numbers, by the source's order; Bad("date_order_unknown") when it said none."""
    order = reading.date_order
    if not order and len(third) == 4:
        if first == second or int(first) > 12 >= int(second):
            order = "dmy"
        elif int(second) > 12 >= int(first):
            order = "mdy"
    if not order:
        raise Bad(
            "date_order_unknown",
            _("“%(text)s” may be several days. Say once for this source in which order day, month and year stand.")
            % {"text": show(text)},
        )
    if len(third) == 4 and order == "ymd":
        raise Bad("not_a_date", _("“%(text)s” does not stand in the order year, month, day.") % {"text": show(text)})
    parts = dict(zip(order, (first, second, third), strict=True))
    year = parts["y"] if len(parts["y"]) == 4 else str(_century(int(parts["y"]), reading.year_pivot))
    return year, parts["m"], parts["d"]


def _made(text: str, year: str, month: str, day: str, clock: tuple[str | None, ...]) -> Moment:
    half, hour, minute, second, fraction, half_after = clock
    try:
        on = date(int(year), int(month), int(day))
        if hour is None:
            return on
        at = int(hour)
        mark = (half or half_after or "").upper()
        if mark in ("下午", "PM") and at < 12:
            at += 12
        elif mark in ("上午", "AM") and at == 12:
            at = 0
        micro = int((fraction or "0").ljust(6, "0"))
        return datetime.combine(on, time(at, int(minute or 0), int(second or 0), micro))
    except ValueError:
        raise Bad("no_such_day", _("“%(text)s” is not in the calendar.") % {"text": show(text)}) from None


def serial(number: Decimal, *, excel_1904: bool) -> Moment:
    """The day that a spreadsheet counts as ``number``; Bad("no_such_day") outside 1950 to 2199: a small number is a
    number, and day 60 of the 1900 count, 29 February 1900, never was.

    >>> serial(Decimal(45000), excel_1904=False), serial(Decimal("45000.5"), excel_1904=False)
    (datetime.date(2023, 3, 15), datetime.datetime(2023, 3, 15, 12, 0))
    """
    whole = int(number)
    start = date(1904, 1, 1) if excel_1904 else date(1899, 12, 30)
    if not _FIRST_DAY <= start + timedelta(days=min(max(whole, 0), 200_000)) <= _LAST_DAY:
        raise Bad(
            "no_such_day", _("%(text)s is no day between 1950 and 2199 by a spreadsheet's count.") % {"text": number}
        )
    on = start + timedelta(days=whole)
    rest = number - whole
    if not rest:
        return on
    return datetime.combine(on, time()) + timedelta(seconds=round(float(rest * 86_400)))


@cache
def _shifts(zone: ZoneInfo, year: int) -> frozenset[tuple[int, int]]:
    """Month and day of the days on which clocks in ``zone`` are put forward or back in ``year``."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    hours = [start + timedelta(hours=12 * step) for step in range(2 * 366 + 2)]
    found: set[tuple[int, int]] = set()
    for before, after in pairwise(hours):
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found |= {(at.astimezone(zone).month, at.astimezone(zone).day) for at in (before, after)}
    return frozenset(found)


def to_utc(at: datetime, zone: ZoneInfo, note: Noting) -> datetime:
    """``at`` in UTC; a naive one is local time in ``zone``. An hour that the clocks show twice or never is noted."""
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    local = at.replace(tzinfo=zone)
    if (at.month, at.day) in _shifts(zone, at.year) and local.utcoffset() != local.replace(fold=1).utcoffset():
        note(
            "ambiguous_time",
            _("The clocks in %(zone)s show %(at)s twice or never; the first was taken.") % {"zone": zone.key, "at": at},
        )
    return local.astimezone(UTC)


def _in_business(found: Moment | None, value: Value) -> Moment | None:
    """``found``, unless it lies where no company's documents do."""
    if found is not None and not _FIRST_DAY.year <= found.year <= _LAST_DAY.year:
        raise Bad(
            "date_out_of_range",
            _(
                "“%(text)s” is no day of business: it lies before 1950 or after 2199. List it under “empty” if "
                "it means none."
            )
            % {"text": show(value)},
        )
    return found


def _moment(value: Value, parse: Callable[[str], Moment | None], reading: Reading) -> Moment | None:
    if type(value) is str:
        return parse(value) if value else None
    if value is None or isinstance(value, date):
        return _in_business(value, value)
    if isinstance(value, bool):
        raise Bad("not_a_date", _("“%(text)s” is not a date.") % {"text": value})
    if isinstance(value, int) and value > 2_958_465:
        return parse(str(value))
    return serial(Decimal(value), excel_1904=reading.excel_1904)


def day_reader(reading: Reading, zone: ZoneInfo, note: Noting) -> Callable[[Value], date | None]:
    """Reads days; an instant with an offset becomes its day in ``zone``."""
    parse = parser(reading)
    iso = all(pattern in _ISO_LIKE for pattern in reading.dates)

    def read_day(value: Value) -> date | None:
        if iso and type(value) is str and len(value) == 19 and value[10] in " T" and value[4] == "-":
            value = value[:10]  # "2026-11-01 08:00:00" names no offset: its day is what stands there
        found = _moment(value, parse, reading)
        if isinstance(found, datetime):
            return found.astimezone(zone).date() if found.tzinfo else found.date()
        return found

    return read_day


def moment_reader(reading: Reading, zone: ZoneInfo, note: Noting) -> Callable[[Value], Moment | None]:
    """Reads instants, in UTC, and days where the source knows no more than the day."""
    parse = parser(reading)

    def read_moment(value: Value) -> Moment | None:
        found = _moment(value, parse, reading)
        return to_utc(found, zone, note) if isinstance(found, datetime) else found

    return read_moment


def instant_reader(reading: Reading, zone: ZoneInfo, note: Noting) -> Callable[[Value], datetime | None]:
    """Reads instants, in UTC; a bare day is its first moment in ``zone``."""
    read_moment = moment_reader(reading, zone, note)

    def read_instant(value: Value) -> datetime | None:
        found = read_moment(value)
        if found is None or isinstance(found, datetime):
            return found
        return datetime.combine(found, time(), tzinfo=zone).astimezone(UTC)

    return read_instant
