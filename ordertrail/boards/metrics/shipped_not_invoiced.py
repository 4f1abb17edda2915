"""Shipped, not invoiced: goods that have left and for which no bill was posted."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit

TABLE = """(
    SELECT *, shipped - (invoiced - rounding_difference) AS uninvoiced,
           CASE WHEN invoiced = 0 THEN first_shipped_date ELSE last_shipped_date END AS uninvoiced_since
    FROM {fact_order}
)"""

METRIC = Metric(
    title=_("Shipped, not invoiced"),
    basis=_("incl. tax"),
    meaning=_(
        "What has left less what is billed, order by order, with tax; orders that are billed ahead count nothing. The "
        "age runs from the first shipment where nothing is billed yet, else from the last one."
    ),
    unit=Unit.MONEY,
    named=_("orders"),
    table=TABLE,
    where="uninvoiced > 0 AND status IN ('confirmed', 'done', 'closed')",
    each="uninvoiced",
    columns=(
        *ORDER_COLUMNS,
        Column("uninvoiced_since", _("Since"), Kind.DAY),
        Column("shipped", _("Shipped"), Kind.MONEY),
        Column("invoiced", _("Invoiced"), Kind.MONEY),
        Column("uninvoiced", _("Not invoiced"), Kind.MONEY),
    ),
    needs=("goods", "invoice"),
    by=("customer", "salesperson", "source"),
    order_by="uninvoiced_since, order_number",
    aged_by="uninvoiced_since",
)
