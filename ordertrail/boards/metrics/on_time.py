"""On-time delivery: the share of delivered lines that came on their day or before."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import LINE_COLUMNS, Better, Column, Kind, Metric, Unit, Window

METRIC = Metric(
    title=_("On-time delivery"),
    meaning=_(
        "Of the shipment lines that were delivered in the period, the part that came on the promised day or before. "
        "The promised day is the shipment line's own, else the order line's, else the order's; the day of delivery is "
        "the day of arrival where a source tells it, else the day it left. Lines without a promised day are left out, "
        "and so are returns. A line that is sent in two parts counts twice."
    ),
    unit=Unit.SHARE,
    named=_("shipment lines"),
    table="{fact_shipment_line}",
    where="qty > 0 AND scheduled_date IS NOT NULL",
    each="CASE WHEN is_late THEN 0 ELSE 1 END",
    of="1",
    day="delivered_date",
    window=Window.WEEKS,
    better=Better.UP,
    columns=(*LINE_COLUMNS, Column("is_late", _("Late"), Kind.FLAG)),
    needs=("goods", "order"),
    by=("week", "month", "product", "customer", "salesperson", "source", "country", "vendor", "mode"),
    order_by="is_late DESC, delivered_date DESC, shipment_number, line",
)
