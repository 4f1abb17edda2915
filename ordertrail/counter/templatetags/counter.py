"""``{% load counter %}``: what stands in fields, as people may type it again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ordertrail.counter import fields
from ordertrail.counter.order_form import fields_text
from ordertrail.counter.told import LineTold

register = template.Library()


@register.simple_tag
def plain_figure(value: Decimal) -> str:
    """A figure as it stands in a field: without idle zeros and groups."""
    return fields_text(value)


@register.simple_tag
def packed(line: LineTold, packs: Mapping[str, Decimal]) -> SafeString:
    """Where the barcode of a pack was typed: the quantity in base units for the field, one pack where none was typed."""
    pack = packs.get(line.row.key)
    if pack is None:
        return SafeString("")
    try:
        count = fields.quantity(line.row.qty) if line.row.qty.strip() else Decimal(1)
    except ValueError:
        return SafeString("")
    told = (line.row.key, line.row.qty, fields_text(count * pack))
    return format_html('<i data-set="qty-{}" data-from="{}" data-value="{}"></i>', *told)
