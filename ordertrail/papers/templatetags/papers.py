"""``{% load papers %}``: how the page of a statement writes what it holds."""

from __future__ import annotations

from datetime import date

from django import template

from ordertrail.billing.ledger import Entry
from ordertrail.papers.statement import KINDS
from ordertrail.track.addresses import href

register = template.Library()

_PAGES = {"invoice": "invoice", "credit_note": "invoice", "written_off": "invoice"}
"""Kinds of entries whose document is an invoice; of the others it is a payment."""


@register.filter
def as_typed(value: date | str | None) -> str:
    """A day as a field for days takes it; what somebody typed stays as it is."""
    return value.isoformat() if isinstance(value, date) else value or ""


@register.filter
def kind_words(entry: Entry) -> str:
    """What kind of entry it is."""
    return str(KINDS[entry.kind])


@register.filter
def paper_href(entry: Entry) -> str:
    """The page of the document behind an entry."""
    return href(_PAGES.get(entry.kind, "payment"), entry.document, entry.number)
