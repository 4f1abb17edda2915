"""Figures in the sentences of findings, from facts as they are stored (text) to what is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.web import format as web_format

Facts = Mapping[str, Any]
"""What a finding's sentences are made of: texts (decimals and days too), as stored in ``Finding.facts``."""

PIECES = {"", "pcs", "pc", "ea", "each", "件", "个", "個", "只", "台"}
"""Units that only say "pieces": they are written in the reader's language."""


def qty(facts: Facts, name: str) -> str:
    """A quantity.

    >>> qty({"said": "10.000000"}, "said")
    '10'
    """
    return web_format.qty(Decimal(str(facts[name])))


def money(facts: Facts, name: str) -> str:
    """An amount in the minor units of the facts' currency.

    >>> money({"gross": "542.4000", "currency": "CNY"}, "gross")
    '542.40'
    """
    return web_format.money(Decimal(str(facts[name])), str(facts.get("currency", "")))


def day(facts: Facts, name: str) -> str:
    """A day, without the year when it is this one."""
    return web_format.day(date.fromisoformat(str(facts[name])), clock.today())


def unit(facts: Facts) -> str:
    """The unit of the quantities."""
    told = str(facts.get("unit", ""))
    return _("pcs") if told.lower() in PIECES else told


def on_sku(sentence: str, facts: Facts) -> str:
    """``sentence`` with the product that it is about, where the order has several.

    >>> on_sku("OMS shipped 10 ≠ WMS sent 6", {"sku": "LAMP"})
    'OMS shipped 10 ≠ WMS sent 6 · LAMP'
    """
    return f"{sentence} · {facts['sku']}" if facts.get("sku") else sentence


def field(facts: Facts, otherwise: str) -> str:
    """The field of the foreign system that has to change, by its own name where its mapping tells it."""
    return _("“%(field)s”") % {"field": facts["field"]} if facts.get("field") else otherwise


def stored(value: Decimal | date) -> str:
    """A figure as it is stored among facts: no zeros that say nothing, so that the same figure is the same text.

    >>> stored(Decimal("10.000000")), stored(Decimal("542.4000")), stored(Decimal("100"))
    ('10', '542.4', '100')
    """
    if isinstance(value, date):
        return value.isoformat()
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
