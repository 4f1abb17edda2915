"""Statistics: figures over many orders, from the hub."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ordertrail.api import beside, written
from ordertrail.api.calls.declare import get
from ordertrail.api.door import caller
from ordertrail.api.params import Param, filter_of
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import stats as shapes
from ordertrail.records.models import Source
from ordertrail.web.filter_values import Range
from ordertrail.web.filters import Field, FilterSet, Kind

KEYS = ("country", "vendor", "mode", "month")

DELIVERY = FilterSet(
    fields=(
        Field("by", "By", Kind.CHOICE, tuple((key, key) for key in KEYS)),
        Field("source", "Source"),
        Field("delivered", "Delivered", Kind.DATES, params=("from", "to")),
    )
)


def delivery_params() -> Sequence[Param]:
    """What deliveries are counted by, and of which source and days."""
    day = {"type": "string", "examples": ["2026-03-05", "today-7"]}
    return (
        Param("by", "What each row stands for.", {"type": "string", "enum": list(KEYS)}, required=True),
        Param("source", "The code of one source system; without it all."),
        Param("from", "Delivered on this day or later.", dict(day)),
        Param("to", "Delivered on this day or earlier.", dict(day)),
    )


@get("/stats/delivery", right="see_boards", answer=shapes.Delivery, params=delivery_params)
def get_delivery(request: HttpRequest) -> shapes.Delivery:
    """Orders, lines and shipments delivered, and how many lines came after their scheduled day, by one key."""
    by = caller(request)
    values = filter_of(request.GET, DELIVERY, sees_cost=by.sees_cost()).values
    if "by" not in values:
        raise wrong_field("by", "missing_field", _("Say by what: by is one of %(keys)s.") % {"keys": ", ".join(KEYS)})
    source = str(values.get("source", ""))
    if source and not Source.objects.filter(code=source).exists():
        raise wrong_field("source", "unknown_source", _("There is no source %(source)s.") % {"source": source[:60]})
    begin, end = _days(values.get("delivered"))
    told = beside.ask().delivery(request.GET["by"], source, begin, end, by.person)
    return shapes.Delivery(rows=[_row(row) for row in told.rows], total=_row(told.total))


def _days(found: object) -> tuple[date | None, date | None]:
    return (found.low, found.high) if isinstance(found, Range) else (None, None)


def _row(row: beside.Delivered) -> shapes.DeliveryRow:
    share = written.ratio(Decimal(row.late), Decimal(row.lines)) if row.lines else None
    return shapes.DeliveryRow(
        key=row.key, orders=row.orders, lines=row.lines, shipments=row.shipments, late=row.late, late_share=share
    )
