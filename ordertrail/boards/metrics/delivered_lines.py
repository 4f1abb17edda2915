"""Delivered lines: how many shipment lines were delivered."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import LINE_COLUMNS, Metric, Unit, Window

METRIC = Metric(
    title=_("Delivered lines"),
    meaning=_(
        "Shipment lines that have left for a known order and count, on the day of delivery: that of arrival where a "
        "source tells it, else the day they left. Returns are left out."
    ),
    unit=Unit.COUNT,
    named=_("shipment lines"),
    table="{fact_shipment_line}",
    where="qty > 0",
    each="1",
    day="delivered_date",
    window=Window.EVER,
    columns=LINE_COLUMNS,
    needs=("goods",),
    by=("month", "country", "vendor", "mode", "product", "customer", "source"),
    order_by="delivered_date DESC, shipment_number, line",
)
