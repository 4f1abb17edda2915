"""The page of parts: every part in every state, to look at and to test; for developers and administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ordertrail.lib import clock
from ordertrail.web.asof import AsOf
from ordertrail.web.axes import LOOKS
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import SOMEONE, may, needs


def shown() -> dict[str, Any]:
    """What the page shows: invented figures, marked as such on the page."""
    now = clock.now()
    return {
        "fresh": AsOf(now - timedelta(minutes=6), 7, 7, "#"),
        "stale": AsOf(now - timedelta(hours=3, minutes=43), 6, 7, "#"),
        "axes": [(axis, list(states)) for axis, states in LOOKS.items()],
        "amounts": [Decimal(1130), Decimal("-226.5"), Decimal(0), None],
        "large": [Decimal(1284600), Decimal(-610373), Decimal(7910)],
        "moments": [now, datetime(2025, 12, 31, 15, 59, tzinfo=UTC)],
        "today": clock.today(),
        "rows": range(8),
    }


@needs(SOMEONE)
def page(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    if not settings.DEBUG and not may(request.user, "manage_people"):
        return not_allowed(request, "manage_people")
    return render(request, "web/parts_page.html", shown())
