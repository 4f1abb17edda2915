"""``{% load track_order %}``: parts of the order page and of documents' pages that no other page has."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ordertrail.track import words
from ordertrail.track.differences import Difference
from ordertrail.track.field_words import figure, word
from ordertrail.track.timeline import Event
from ordertrail.track.when import read_up_to
from ordertrail.web import format as write
from ordertrail.web.templatetags import ot

register = template.Library()
register.filter("read_up_to", read_up_to)


@register.filter
def told(value: object) -> SafeString | str:
    """A value as a source says it: a day, an instant, a figure, yes, or its own text."""
    if value is None or value == "":
        return ot.day(None)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format_html('<span class="num">{}</span>', write.qty(value))
    if isinstance(value, datetime | date):
        return ot.instant(value)
    return str(value)


@register.simple_tag
def change(found: Difference) -> SafeString:
    """One change of a field: its name, the old value struck out, the new one."""
    name = word(found.name) if not found.line else f"{found.line} · {word(found.name)}"
    before, after = told(figure(found.name, found.before)), told(figure(found.name, found.after))
    if found.before is None:
        return format_html('{} <ins class="num">{}</ins>', name, after)
    if found.after is None:
        return format_html('{} <del class="num">{}</del>', name, before)
    return format_html('{} <del class="num">{}</del> → <ins class="num">{}</ins>', name, before, after)


@register.simple_tag
def happened(event: Event, currency: str) -> SafeString:
    """What happened, as a sentence with a link to its document."""
    return words.sentence(event, currency)


@register.simple_tag
def event_icon(event: Event) -> SafeString:
    """The round mark of an event: a person's, or the icon of what happened."""
    if event.actor:
        return ot.avatar(event.actor)
    name, tone = words.ICONS.get(event.activity, ("info-circle", ""))
    return format_html('<span class="sys {}">{}</span>', tone, ot.icon(name))
