"""The page of parts: every part in every state, to look at, to copy from and to test; for developers and administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ordertrail.lib import clock
from ordertrail.web.asof import AsOf
from ordertrail.web.axes import LOOKS
from ordertrail.web.draw import Step
from ordertrail.web.filters import Field, FilterSet, Kind, Sort
from ordertrail.web.paging import Page
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import SOMEONE, may, needs

COLOURS: tuple[str, ...] = ("bg", "surface", "line-2", "text", "text-3", "accent", "accent-soft", "info")
COLOURS += ("ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "wait", "c2")
STATES = (("partially", "partially"), ("waiting", "unpaid"), ("done", "paid"), ("over", "overpaid"))


def filters() -> FilterSet:
    """What the invented list may be narrowed and sorted by."""
    delivery = tuple((state, look.words) for state, look in LOOKS["delivery"].items())
    fields = (
        Field("q", _("Find in this list"), search=True),
        Field("customer", _("Customer")),
        Field("delivery", _("Delivery"), Kind.CHOICE, delivery),
        Field("promised", _("Promised"), Kind.DATES),
        Field("total", _("Total incl. tax"), Kind.NUMBERS),
        Field("late", _("Late"), Kind.FLAG),
    )
    return FilterSet(fields, (Sort("number", _("Order"), "number"), Sort("total", _("Total incl. tax"), "total", True)))


def rows() -> list[dict[str, Any]]:
    """Eight invented orders for the list."""
    found = []
    for at in range(8):
        delivery, payment = STATES[at % len(STATES)]
        total = Decimal(1130) * (at * 7 + 1)
        number = f"SO-2609-{at + 12:04}"
        row = {"number": number, "delivery": delivery, "payment": payment, "share": Decimal(6) / 10, "total": total}
        found.append(row | {"open": total if payment == "unpaid" else Decimal(0), "late": at % 3 == 1})
    return found


def steps() -> list[Step]:
    """An invented life of an order, in working days."""
    told = (
        (_("Opportunity"), "0", "1"),
        (_("Quotation"), "0.5", "1"),
        (_("Confirmed"), "3.5", "0.5"),
        (_("Production"), "1", "4"),
        (_("Stock in"), "0.6", "0.4"),
        (_("Shipped"), "0.8", "0.5"),
        (_("Delivered"), "0.2", "0.8"),
        (_("Invoiced"), "0.4", "0.3"),
        (_("Paid"), "1", "0.1"),
    )
    return [Step(name, Decimal(waited), Decimal(worked)) for name, waited, worked in told]


def tiles() -> list[dict[str, Any]]:
    """Four invented tiles."""
    history = [92, 101, 97, 108, 104, 111, 99, 106, 118, 115, 121, 124]
    told = (
        (_("Orders taken"), 1284600, "CNY", "8.2%", True, True),
        (_("Shipped"), 1096300, "CNY", "4.0%", False, False),
        (_("Open orders"), 142, "", "5", True, False),
        (_("Findings"), 23, "", "2", False, True),
    )
    names = ("words", "value", "currency", "change", "up", "good")
    return [
        dict(zip(names, tile, strict=True))
        | {"value": Decimal(tile[1]), "history": history if tile[4] else history[::-1]}
        for tile in told
    ]


def shown() -> dict[str, Any]:
    """What the page shows: invented figures, marked as such on the page."""
    now = clock.now()
    return {
        "fresh": AsOf(now - timedelta(minutes=6), 7, 7, "#states"),
        "stale": AsOf(now - timedelta(hours=3, minutes=43), 6, 7, "#states"),
        "axes": [(axis, list(states)) for axis, states in LOOKS.items()],
        "amounts": [Decimal(1130), Decimal("-226.5"), Decimal(0), None],
        "large": [Decimal(1284600), Decimal(-610373), Decimal(7910)],
        "share": Decimal("0.873"),
        "moments": [now, datetime(2025, 12, 31, 15, 59, tzinfo=UTC)],
        "today": clock.today(),
        "colours": COLOURS,
        "customer": _("Sailfar Marine Supply"),
        "rows": rows(),
        "steps": steps(),
        "total_days": Decimal("17.2"),
        "tiles": tiles(),
        "exposure": [
            (_("Shipped, not invoiced"), Decimal(610373), (60, 2, 0, 0)),
            (_("Invoiced, not paid"), Decimal(847049), (26, 4, 36, 20)),
        ],
        "outcomes": [("no" if at > 21 else "pt" if at == 7 else "ok", 7 + at * 7 % 9) for at in range(24)],
    }


@needs(SOMEONE)
def page(request: HttpRequest) -> HttpResponse:
    """Every part in every state."""
    if not settings.DEBUG and not may(request.user, "manage_people"):
        return not_allowed(request, "manage_people")
    query = request.GET or {"customer": _("Sailfar Marine Supply"), "promised_from": "2026-13-01"}
    around: Page[Any] = Page([], after="next", before="")
    return render(request, "web/parts_page.html", shown() | {"chosen": filters().parse(query), "around": around})
