"""Orders taken: what customers have ordered, by the day of the order."""

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Better, Column, Kind, Metric, Unit, Window

METRIC = Metric(
    title=_("Orders taken"),
    basis=_("incl. tax"),
    meaning=_(
        "The total of every order that is confirmed, done or closed, with tax, on the day of the order. Drafts, "
        "quotations and cancelled orders do not count. An order that is closed before all has left counts in full, as "
        "it was taken."
    ),
    unit=Unit.MONEY,
    named=_("orders"),
    table="{fact_order}",
    where="status IN ('confirmed', 'done', 'closed')",
    each="ordered",
    day="order_date",
    window=Window.MONTH,
    better=Better.UP,
    listed=(("state", "confirmed"), ("state", "done"), ("state", "closed")),
    columns=(*ORDER_COLUMNS, Column("ordered", _("Total incl. tax"), Kind.MONEY)),
    needs=("order",),
    by=("week", "month", "customer", "salesperson", "source"),
)
