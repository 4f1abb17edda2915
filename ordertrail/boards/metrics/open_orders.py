"""Open orders: confirmed and not done."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit, stood_between
from ordertrail.boards.stages import STAGED

METRIC = Metric(
    title=_("Open orders"),
    meaning=_(
        "Orders that are confirmed and not done: something is still to be made, shipped, billed or paid. How many "
        "there were on an earlier day is reckoned from the days on which orders were taken and done; closed and "
        "cancelled ones are left out there."
    ),
    unit=Unit.COUNT,
    named=_("orders"),
    table=STAGED,
    where="is_open",
    each="1",
    past=stood_between(
        "order_date",
        "CASE WHEN is_open THEN NULL ELSE done_date END",
        "{fact_order}",
        "(is_open OR done_date > {first})",
    ),
    listed=(("queue", "open"),),
    columns=(
        *ORDER_COLUMNS,
        Column("stage", _("Stands at"), Kind.TEXT),
        Column("ordered", _("Total incl. tax"), Kind.MONEY),
    ),
    needs=("order", "goods", "invoice", "money", "production"),
    by=("stage", "customer", "salesperson", "source"),
    order_by="promised_date, order_number",
)
