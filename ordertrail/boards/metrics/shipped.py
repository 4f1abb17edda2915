"""Shipped: what has left and counts, at the order's prices, by the day it left."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import LINE_COLUMNS, Better, Column, Kind, Metric, Unit, Window

METRIC = Metric(
    title=_("Shipped"),
    basis=_("net"),
    meaning=_(
        "What has left, at the prices of the order lines and without tax, on the day it left. A part of a line counts "
        "as its part of the line's amount. Returns count below zero on the day they came back. What leaves for no "
        "known order has no price and counts nothing."
    ),
    unit=Unit.MONEY,
    named=_("shipment lines"),
    table="{fact_shipment_line}",
    each="net",
    day="shipped_date",
    window=Window.MONTH,
    better=Better.UP,
    columns=(*LINE_COLUMNS, Column("net", _("Amount without tax"), Kind.MONEY)),
    needs=("goods", "order"),
    by=("week", "month", "product", "customer", "salesperson", "source"),
    order_by="shipped_date DESC, shipment_number, line",
)
