"""Late deliveries: delivered lines that came after their day."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import LINE_COLUMNS, Better, Metric, Unit, Window

METRIC = Metric(
    title=_("Late deliveries"),
    meaning=_(
        "Shipment lines that were delivered after the promised day. Which days are meant says the metric on-time delivery."
    ),
    unit=Unit.COUNT,
    named=_("shipment lines"),
    table="{fact_shipment_line}",
    where="is_late",
    each="1",
    day="delivered_date",
    window=Window.EVER,
    better=Better.DOWN,
    columns=LINE_COLUMNS,
    needs=("goods", "order"),
    by=("week", "month", "product", "customer", "salesperson", "source", "country", "vendor", "mode"),
    order_by="delivered_date DESC, shipment_number, line",
)
