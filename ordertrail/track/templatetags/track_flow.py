"""``{% load track_flow %}``: the words of the flow page."""

from __future__ import annotations

from django import template

from ordertrail.track import flow_words
from ordertrail.track.flow_net import Box, Strand

register = template.Library()


@register.filter
def box_name(box: Box) -> str:
    """What a box is called."""
    return flow_words.name(box)


@register.filter
def box_kind(box: Box) -> str:
    """What kind of thing it is."""
    return flow_words.kind(box)


@register.filter
def box_figures(box: Box, currency: str) -> str:
    """Its quantity and amount."""
    return flow_words.figures(box, currency)


@register.filter
def box_foot(box: Box, currency: str) -> str:
    """How far it has come."""
    return flow_words.foot(box, currency)


@register.filter
def strand_words(strand: Strand) -> str:
    """A strand in words."""
    return flow_words.spoken(strand)


@register.filter
def strand_figure(strand: Strand, by: str) -> str:
    """What stands on a band: its quantity where it has one and quantities are shown, else its amount."""
    return flow_words.figure(strand, by)


@register.filter
def column_words(column: int) -> str:
    """What stands in a column."""
    return str(flow_words.HEADS[column])
