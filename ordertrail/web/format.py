"""How figures, days and times are written: pure functions, plain text out.

The tags in ``templatetags/ot.py`` add the HTML.
Languages are Django's codes (``en``, ``zh-hans``, ``zh-hant``); anything else is written as English.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ordertrail.lib.money import half_up, minor_digits

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

SYMBOLS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "SGD": "S$"}
"""Signs of currencies, for tiles only; tables name the currency once in the head."""

WEEKDAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh-hans": tuple(f"周{day}" for day in "一二三四五六日"),
    "zh-hant": tuple(f"週{day}" for day in "一二三四五六日"),
}
_STEPS = {
    "en": ((Decimal(10) ** 9, 3, "bn"), (Decimal(10) ** 6, 3, "m"), (Decimal(10) ** 4, 1, "k")),
    "zh-hans": ((Decimal(10) ** 8, 2, "亿"), (Decimal(10) ** 4, 2, "万")),
    "zh-hant": ((Decimal(10) ** 8, 2, "億"), (Decimal(10) ** 4, 2, "萬")),
}
_DIVISORS = {"k": Decimal(1000)}


@dataclass(frozen=True)
class Big:
    """A figure shortened for a tile: ``figure`` and its ``unit`` ("" when it is written in full)."""

    figure: str
    unit: str


def number(value: Decimal | int, digits: int = 0) -> str:
    """``value`` in comma groups with ``digits`` decimals, half away from zero, and a true minus.

    >>> number(Decimal("1130"), 2), number(-42), number(Decimal("-0.004"), 2)
    ('1,130.00', '−42', '0.00')
    """
    rounded = half_up(Decimal(value), digits)
    text = f"{abs(rounded):,.{digits}f}"
    return MINUS + text if rounded < 0 else text


def money(value: Decimal, currency: str = "CNY") -> str:
    """An amount with the minor units of ``currency`` (ISO 4217) and without its sign.

    >>> money(Decimal("1130"), "CNY"), money(Decimal("-226.5"), "CNY"), money(Decimal("1130"), "JPY")
    ('1,130.00', '−226.50', '1,130')
    """
    return number(value, minor_digits(currency))


def symbol(currency: str) -> str:
    """The sign that stands before an amount on a tile: ``¥``, or the code and a space.

    >>> symbol("CNY"), symbol("NOK")
    ('¥', 'NOK ')
    """
    return SYMBOLS.get(currency, f"{currency} " if currency else "")


def qty(value: Decimal) -> str:
    """A quantity without the zeros that it does not need.

    >>> qty(Decimal("6.000000")), qty(Decimal("1200.5")), qty(Decimal("-4"))
    ('6', '1,200.5', '−4')
    """
    text = f"{abs(value):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return MINUS + text if value < 0 else text


def percent(ratio: Decimal, digits: int = 1) -> str:
    """A ratio as percent with one decimal.

    >>> percent(Decimal("0.873")), percent(Decimal("-0.05"), 0)
    ('87.3%', '−5%')
    """
    return number(ratio * 100, digits) + "%"


def part(ratio: Decimal) -> str:
    """A part of a whole as percent without decimals: what has begun is never 0 %, what is not done never 100 %.

    >>> part(Decimal("0.004")), part(Decimal("0.5")), part(Decimal("0.998")), part(Decimal(1))
    ('<1%', '50%', '99%', '100%')
    """
    if 0 < ratio < Decimal("0.01"):
        return "<1%"
    return percent(min(ratio, Decimal("0.99")) if ratio < 1 else ratio, 0)


def points(change: Decimal) -> str:
    """A change of a ratio in percentage points, without the word and without its sign (an arrow carries it).

    >>> points(Decimal("-0.028"))
    '2.8'
    """
    return number(abs(change) * 100, 1)


def big(value: Decimal, language: str) -> Big:
    """A large figure as people of that language read it: 万 and 亿, or k, m, bn. Below 10,000 it stays in full.

    >>> big(Decimal("1284600"), "zh-hans"), big(Decimal("1284600"), "en")
    (Big(figure='128.46', unit='万'), Big(figure='1.285', unit='m'))
    >>> big(Decimal("610373"), "en"), big(Decimal("-7910"), "zh-hant")
    (Big(figure='610.4', unit='k'), Big(figure='−7,910', unit=''))
    """
    for step, digits, unit in _STEPS.get(language, _STEPS["en"]):
        if abs(value) >= step:
            return Big(number(value / _DIVISORS.get(unit, step), digits), unit)
    return Big(number(value), "")


def day(value: date, today: date) -> str:
    """A day without its weekday: the year only when it is not this one.

    >>> day(date(2026, 9, 18), date(2026, 9, 16)), day(date(2025, 12, 31), date(2026, 9, 16))
    ('09-18', '2025-12-31')
    """
    return value.strftime("%m-%d") if value.year == today.year else value.isoformat()


def weekday(value: date, language: str) -> str:
    """The short weekday.

    >>> weekday(date(2026, 9, 18), "zh-hans"), weekday(date(2026, 9, 18), "zh-hant"), weekday(date(2026, 9, 18), "en")
    ('周五', '週五', 'Fri')
    """
    return WEEKDAYS.get(language, WEEKDAYS["en"])[value.weekday()]


def instant(value: datetime, zone: ZoneInfo, today: date) -> str:
    """An instant in the company's zone: the time today, else the day and the time.

    >>> from datetime import UTC
    >>> at, zone = datetime(2026, 9, 16, 2, 20, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
    >>> instant(at, zone, date(2026, 9, 16)), instant(at, zone, date(2026, 9, 17))
    ('10:20', '09-16 10:20')
    """
    local = value.astimezone(zone)
    clock = local.strftime("%H:%M")
    return clock if local.date() == today else f"{day(local.date(), today)} {clock}"


def exact(value: datetime, zone: ZoneInfo) -> str:
    """The same instant to the second with its zone, for titles.

    >>> from datetime import UTC
    >>> exact(datetime(2026, 9, 16, 2, 20, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    '2026-09-16 10:20:00 +08:00 Asia/Shanghai'
    """
    local = value.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]} {zone.key}"


def size(octets: int) -> str:
    """How large a file is, in steps of 1,024.

    >>> size(244), size(1536), size(5 << 20), size(3 << 30)
    ('244 B', '1.5 KB', '5.0 MB', '3.0 GB')
    """
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if octets >= step:
            return f"{number(Decimal(octets) / step, 1)} {unit}"
    return f"{number(octets)} B"


def age_days(since: date, today: date) -> int:
    """Whole days from ``since`` to ``today``; 0 for a day to come.

    >>> age_days(date(2026, 9, 11), date(2026, 9, 16)), age_days(date(2026, 9, 18), date(2026, 9, 16))
    (5, 0)
    """
    return max(0, (today - since).days)


def duration(span: timedelta) -> tuple[int, int, str, str]:
    """A span as the two largest parts that matter: ``(3, 43, "hour", "minute")``; seconds only below a minute.

    >>> duration(timedelta(hours=3, minutes=43)), duration(timedelta(days=2, hours=5)), duration(timedelta(seconds=42))
    ((3, 43, 'hour', 'minute'), (2, 5, 'day', 'hour'), (42, 0, 'second', ''))
    """
    seconds = max(0, int(span.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return days, hours, "day", "hour"
    if hours:
        return hours, minutes, "hour", "minute"
    return (minutes, 0, "minute", "") if minutes else (seconds, 0, "second", "")


def html_language(language: str) -> str:
    """Django's language code as HTML and the sheet want it, so that Han forms are right.

    >>> html_language("zh-hans"), html_language("en")
    ('zh-Hans', 'en')
    """
    head, _, tail = language.partition("-")
    return f"{head}-{tail.title()}" if tail else head


def initials(name: str) -> str:
    """What stands in a round mark for a person: the first letter, or the last Han sign of a Chinese name.

    >>> initials("Anna"), initials("陈伟"), initials("")
    ('A', '伟', '?')
    """
    name = name.strip()
    if not name:
        return "?"
    return name[-1] if "\u4e00" <= name[-1] <= "\u9fff" else name[0].upper()
