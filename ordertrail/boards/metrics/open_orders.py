"""Open orders: confirmed and not done."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit, summed_by_row
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
    past=summed_by_row(
        "CASE WHEN order_date <= {day} AND (is_open OR done_date > {day}) THEN 1 ELSE 0 END",
        "{fact_order}",
        "(is_open OR done_date > {first})",
        currency="''",
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
