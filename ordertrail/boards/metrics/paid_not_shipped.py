"""Paid, not shipped: money that came in for goods that have not left."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit

METRIC = Metric(
    title=_("Paid, not shipped"),
    basis=_("incl. tax"),
    meaning=_(
        "Of orders from which something is still to be shipped: what was paid, deposits too, beyond the worth of what has "
        "left, with tax. The age runs from the last payment."
    ),
    unit=Unit.MONEY,
    named=_("orders"),
    table="(SELECT *, paid + deposit - rounding_difference - shipped AS unshipped FROM {fact_order})",
    where="unshipped > 0 AND delivery IN ('waiting', 'partially') AND status IN ('confirmed', 'done', 'closed')",
    each="unshipped",
    columns=(
        *ORDER_COLUMNS,
        Column("last_paid_date", _("Last payment"), Kind.DAY),
        Column("shipped", _("Shipped"), Kind.MONEY),
        Column("paid", _("Paid"), Kind.MONEY),
        Column("deposit", _("Deposit"), Kind.MONEY),
        Column("unshipped", _("Not shipped"), Kind.MONEY),
    ),
    needs=("goods", "money"),
    by=("customer", "salesperson", "source"),
    order_by="last_paid_date, order_number",
    aged_by="last_paid_date",
)
