"""How fresh everything is, for the frame of every page; ``sync.fresh`` knows it source by source."""

from __future__ import annotations

from django.urls import reverse

from ordertrail.sync.fresh import BY_HAND, GRACE, Freshness, allowed, freshness
from ordertrail.web.asof import AsOf

__all__ = ["BY_HAND", "GRACE", "Freshness", "allowed", "as_of", "freshness"]


def as_of() -> AsOf | None:
    """How fresh everything is: the oldest source decides the time, those never read count as missing. None without a source."""
    found = freshness()
    if not found:
        return None
    read = [one.as_of for one in found if one.as_of is not None]
    return AsOf(min(read, default=None), sum(one.fresh for one in found), len(found), reverse("track:sources"))
