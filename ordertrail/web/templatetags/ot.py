"""``{% load ot %}``: the parts of a page, so that every figure, day and status looks the same everywhere.

Each tag is thin: the text comes from ``web.format``, the words from gettext, the look from the sheets.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.web import draw, icons, slots
from ordertrail.web import format as write
from ordertrail.web.asof import AsOf
from ordertrail.web.axes import look
from ordertrail.web.filters import Filter

register = template.Library()

TONE_ICONS = {
    "ok": "circle-check",
    "info": "progress",
    "warn": "alert-triangle",
    "bad": "alert-octagon",
    "idle": "circle-dashed",
    "line": "minus",
}


def _language() -> str:
    return get_language() or "en"


def _unknown() -> SafeString:
    return format_html('<span class="muted">{}</span>', _("unknown"))


def _figure(text: str, value: Decimal) -> SafeString:
    """A figure, red with its sign when it is below zero."""
    return format_html('<span class="num neg">{}</span>' if value < 0 else '<span class="num">{}</span>', text)


def _zero() -> SafeString:
    return format_html('<span class="zero">{}</span>', write.DASH)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; ``size`` sm, lg or xl; with ``label`` it speaks, without it is decoration."""
    href = f"{static(icons.sprite())}#i-{icons.known(name)}"
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon {}" {}><use href="{}"/></svg>', size, spoken, href)


@register.simple_tag
def vendor(key: str) -> str:
    """The address of a vendored file by its key in vendor.json: ``{% vendor "htmx" %}``."""
    return static(icons.vendored(key))


@register.simple_tag
def chip(tone: str, words: object, icon_name: str = "") -> SafeString:
    """A status chip: icon, word and tint. ``tone`` is ok, info, warn, bad, idle or line."""
    picture = icon(icon_name or TONE_ICONS.get(tone, "circle-dashed"))
    return format_html('<span class="chip {}">{}{}</span>', tone, picture, words)


@register.simple_tag
def status(axis: str, value: str) -> SafeString:
    """The chip of an axis (delivery, invoicing, payment, production) or of the order itself."""
    shown = look(axis, value)
    return chip(shown.tone, shown.words, shown.icon)


@register.simple_tag
def cell_status(axis: str, value: str, share: Decimal | None = None) -> SafeString:
    """A status in a dense list: a dash before it begins, check and word when done, a bar (``share`` 0.5) between."""
    shown = look(axis, value)
    if not shown.begun:
        return format_html('<span class="zero" title="{}">{}</span>', shown.words, write.DASH)
    if shown.tone == "ok":
        return format_html('<span class="st-ok nowrap">{} {}</span>', icon("circle-check", "sm"), shown.words)
    if shown.tone == "bad":
        return format_html('<span class="st-bad nowrap">{} {}</span>', icon("alert-octagon", "sm"), shown.words)
    if share is None:
        return format_html('<span class="st-info nowrap">{} {}</span>', icon("progress", "sm"), shown.words)
    figure = write.part(share)
    return format_html(
        '<span class="cellbar" title="{}">{}<span class="num">{}</span></span>', shown.words, bar(share, 1), figure
    )


@register.simple_tag
def money(value: Decimal | None, currency: str = "CNY") -> SafeString:
    """An amount, for totals and sentences: zero is ``0.00``, None is the word for unknown."""
    return _unknown() if value is None else _figure(write.money(value, currency), value)


@register.simple_tag
def cell_money(value: Decimal | None, currency: str = "CNY") -> SafeString:
    """An amount in a table's cell: zero is a dash."""
    return _zero() if value is not None and not value else money(value, currency)


@register.simple_tag
def qty(value: Decimal | None, unit: str = "") -> SafeString:
    """A quantity with its unit in quiet letters."""
    if value is None:
        return _unknown()
    figure = _figure(write.qty(value), value)
    return format_html('{}<span class="unit"> {}</span>', figure, unit) if unit else figure


@register.simple_tag
def cell_qty(value: Decimal | None, unit: str = "") -> SafeString:
    """A quantity in a table's cell: zero is a dash."""
    return _zero() if value is not None and not value else qty(value, unit)


@register.simple_tag
def count(value: int | None) -> SafeString:
    """A whole number in comma groups."""
    return _unknown() if value is None else _figure(write.number(value), Decimal(value))


@register.simple_tag
def percent(ratio: Decimal | None, digits: int = 1) -> SafeString:
    """A ratio (0.873) as percent (87.3%)."""
    return _unknown() if ratio is None else _figure(write.percent(ratio, digits), ratio)


@register.simple_tag
def big(value: Decimal | None, currency: str = "", word: str = "") -> SafeString:
    """A tile's figure: 万 or k and m by language, ``currency`` as its sign, the full figure in the title."""
    if value is None:
        return _unknown()
    short = write.big(value, _language())
    full = write.money(value, currency) if currency else write.qty(value)
    sign = write.symbol(currency)
    figure = f"{write.MINUS}{sign}{short.figure[1:]}" if value < 0 else f"{sign}{short.figure}"
    unit = f"{short.unit}{word}"
    tail = format_html('<span class="unit">{}</span>', unit) if unit else ""
    return format_html('<span class="num" title="{}{}">{}{}</span>', currency and f"{currency} ", full, figure, tail)


@register.simple_tag
def day(value: date | None, with_weekday: bool = True) -> SafeString:
    """A day as people say it; the exact day is in the title. None is a dash."""
    if value is None:
        return _zero()
    value = value.astimezone(clock.zone()).date() if isinstance(value, datetime) else value
    text = write.day(value, clock.today())
    tail = format_html(' <span class="muted">{}</span>', write.weekday(value, _language())) if with_weekday else ""
    iso = value.isoformat()
    return format_html('<time class="num nowrap" datetime="{}" title="{}">{}{}</time>', iso, iso, text, tail)


@register.simple_tag
def instant(value: datetime | date | None) -> SafeString:
    """An instant in the company's zone; a plain day is written as a day. The exact one is in the title."""
    if not isinstance(value, datetime):
        return day(value, with_weekday=False)
    text = write.instant(value, clock.zone(), clock.today())
    title = write.exact(value, clock.zone())
    return format_html(
        '<time class="num nowrap" datetime="{}" title="{}">{}</time>', value.isoformat(timespec="seconds"), title, text
    )


_SPANS = {
    "day": lambda n: _("%(n)s d") % {"n": n},
    "hour": lambda n: _("%(n)s h") % {"n": n},
    "minute": lambda n: _("%(n)s min") % {"n": n},
    "second": lambda n: _("%(n)s s") % {"n": n},
}


@register.simple_tag
def age(value: date | datetime | None) -> str:
    """How old something is: whole days for a day, the two largest parts for an instant."""
    if value is None:
        return _("unknown")
    if not isinstance(value, datetime):
        return _SPANS["day"](write.age_days(value, clock.today()))
    return span(clock.now() - value)


@register.simple_tag
def span(value: timedelta | None) -> str:
    """How long something took or lasts: the two largest parts; a dash where that is not known."""
    if value is None:
        return write.DASH
    first, second, big_part, small_part = write.duration(value)
    words = _SPANS[big_part](first)
    return f"{words} {_SPANS[small_part](second)}" if second and small_part else words


@register.simple_tag
def bar(value: Decimal | int, of: Decimal | int = 100, tone: str = "") -> SafeString:
    """A progress bar as an SVG width; ``tone`` ok, warn, bad or idle, else the accent."""
    share = Decimal(value) / of * 100 if of else Decimal(0)
    width = draw.plain(min(Decimal(100), max(Decimal(0), share)), 2)
    return format_html(
        '<svg class="pbar {}" viewBox="0 0 100 5" preserveAspectRatio="none" role="img" aria-label="{}%">'
        '<rect width="{}" height="5"/></svg>',
        tone,
        write.number(share),
        width,
    )


@register.inclusion_tag("web/parts/spark.html")
def spark(values: Sequence[draw.Number], label: str = "", before: Sequence[draw.Number] = ()) -> dict[str, Any]:
    """A tile's history as a line; ``label`` says in words what it shows."""
    return {"spark": draw.spark(values, before), "label": label}


@register.inclusion_tag("web/parts/agebar.html")
def agebar(values: Sequence[draw.Number], label: str) -> dict[str, Any]:
    """Four ages beside each other: 0 to 7 days, 8 to 14, 15 to 30, older."""
    return {"pieces": draw.pieces(values), "label": label}


@register.inclusion_tag("web/parts/ruler.html")
def ruler(steps: Sequence[draw.Step], total: Decimal, label: str) -> dict[str, Any]:
    """An order's life to scale: waiting hatched, working solid, adding up to ``total``."""
    segments, rest_x, rest = draw.ruler(steps, total)
    return {"segments": segments, "rest_x": rest_x, "rest": rest, "label": label}


@register.inclusion_tag("web/parts/runs.html")
def runs(outcomes: Sequence[tuple[str, draw.Number]], label: str) -> dict[str, Any]:
    """The last runs of a source: ``("ok", "pt" for partly, or "no" for failed, height 1 to 18)`` each."""
    bars = [(kind, at * 6, 18 - height, height) for at, (kind, height) in enumerate(outcomes)]
    return {"bars": bars, "width": max(1, len(bars)) * 6, "label": label}


@register.simple_tag
def delta(words: str, up: bool, good: bool) -> SafeString:
    """A change with its arrow: ``up`` is where it went, ``good`` whether that is welcome."""
    picture = icon("arrow-up-right" if up else "arrow-down-right")
    return format_html('<span class="delta {}">{}{}</span>', "good" if good else "poor", picture, words)


@register.simple_tag
def asof(value: AsOf | None) -> SafeString:
    """The badge: time of the oldest source and how many are fresh; amber with a triangle when one is not."""
    if value is None:
        return SafeString("")
    time = write.instant(value.at, clock.zone(), clock.today()) if value.at else _("unknown")
    words = _("%(time)s · %(fresh)s/%(total)s src") % {"time": time, "fresh": value.fresh, "total": value.total}
    exact = write.exact(value.at, clock.zone()) if value.at else _("never")
    title = _("Data as of %(time)s") % {"time": exact}
    body = format_html("{}{}", icon("alert-triangle" if value.partly else "clock"), words)
    kind = "asof part" if value.partly else "asof"
    if not value.href:
        return format_html('<span class="{}" title="{}">{}</span>', kind, title, body)
    return format_html('<a class="{}" title="{}" href="{}">{}</a>', kind, title, value.href, body)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """A round mark with a person's first letter; its tint follows the name. The name itself stands beside it."""
    tint = sum(map(ord, name)) % 5
    return format_html('<span class="avatar {} av-{}" aria-hidden="true">{}</span>', size, tint, write.initials(name))


@register.simple_tag
def sort_query(chosen: Filter, name: str) -> str:
    """The address of the same list sorted by ``name``; sorted by it already, the other way round."""
    return "?" + chosen.to_query(("sort",), sort=chosen.toggled(name))


@register.simple_tag(takes_context=True)
def slot(context: dict[str, Any], name: str, about: Any = None) -> SafeString:
    """What rooms above put into a slot of this page (``web.slots``)."""
    return slots.told(name, context["request"], about)


@register.simple_tag(takes_context=True)
def qs(context: dict[str, Any], *drop: str, **change: Any) -> str:
    """This page's query string, some fields changed; a bare name drops one: ``{% qs "after" sort="-x" %}``."""
    query = context["request"].GET.copy()
    for name in drop:
        query.pop(name, None)
    for name, value in change.items():
        key = name.rstrip("_")
        if value is None or value == "":
            query.pop(key, None)
        else:
            query.setlist(key, [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)])
    return "?" + query.urlencode() if query else "?"
