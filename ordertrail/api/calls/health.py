"""Whether the product is there."""

from __future__ import annotations

from django.http import HttpRequest

from ordertrail import __version__
from ordertrail.api.calls.declare import router
from ordertrail.api.door import Anyone
from ordertrail.api.shapes.frame import Shape
from ordertrail.lib import bulk


class Health(Shape):
    """The product is there, and its store answers."""

    status: str
    version: str


@router.get("/health", auth=Anyone(), response=Health, tags=["health"])
def get_health(request: HttpRequest) -> Health:
    """Whether Ordertrail is there and its store answers. Needs no token."""
    bulk.select("SELECT 1")
    return Health(status="ok", version=__version__)
