"""Slots: places on a room's page that rooms above fill, with what can be done there.

A page cannot ask a room above it. That room hands in a function when the application starts, and the page says where it stands:

    from ordertrail.web import slots
    slots.fill("order.acts", acts)            # in AppConfig.ready()
    {% slot "order.acts" page.order %}        in the template, after {% load ot %}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

Filling = Callable[[HttpRequest, Any], SafeString]
"""From the request and what the page is about to HTML, empty where there is nothing to do for this person."""

_filled: dict[str, list[Filling]] = {}


def fill(slot: str, filling: Filling) -> None:
    """Have ``filling`` stand in the slot of this name; those of several rooms stand in the order in which they were handed in."""
    _filled.setdefault(slot, []).append(filling)


def told(slot: str, request: HttpRequest, about: Any) -> SafeString:
    """What stands in a slot."""
    return SafeString("".join(filling(request, about) for filling in _filled.get(slot, ())))
