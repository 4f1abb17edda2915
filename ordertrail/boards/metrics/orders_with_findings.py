"""Orders with findings: something is wrong with them now, or soon will be."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Better, Column, Kind, Metric, Unit


def past(days: Sequence[str]) -> str:
    """How many orders had an open finding at the ends of some days, by the findings' own beginnings and ends."""
    open_on = " + ".join(
        f"CASE WHEN since_at < ${day}_end AND (closed_at IS NULL OR closed_at >= ${day}_end) THEN {1 << place} ELSE 0 END"
        for place, day in enumerate(days)
    )
    counts = ", ".join(
        f"CAST(COALESCE(SUM((open_on >> {place}) & 1), 0) AS BIGINT) AS at_{place}" for place in range(len(days))
    )
    # One bit a day: an order is gone through once, however many days are asked for.
    return (
        f"SELECT '' AS currency, {counts} FROM (SELECT order_id, BIT_OR({open_on}) AS open_on FROM {{fact_finding}}"
        " WHERE order_id IS NOT NULL AND {scope_by_order} GROUP BY order_id) AS orders"
    )


METRIC = Metric(
    title=_("Orders with findings"),
    meaning=_(
        "Orders on which at least one finding is open, an exception or a risk. The money at stake counts each order "
        "once, with its largest finding. Findings about documents of no known order stand in the list of findings "
        "only. How it stood before the first sync is not known."
    ),
    unit=Unit.COUNT,
    named=_("orders"),
    table="""(
        SELECT o.*, f.findings, f.stake
        FROM {fact_order} AS o
        JOIN (
            SELECT order_id, COUNT(*) AS findings, CAST(COALESCE(MAX(money), 0) AS BIGINT) AS stake
            FROM {fact_finding} WHERE status = 'open' GROUP BY order_id
        ) AS f ON f.order_id = o.order_id
    )""",
    each="1",
    past=past,
    heard=True,
    better=Better.DOWN,
    listed=(("queue", "findings"),),
    columns=(
        *ORDER_COLUMNS,
        Column("findings", _("Findings"), Kind.COUNT),
        Column("stake", _("At stake"), Kind.MONEY),
    ),
    needs=("order", "goods", "invoice", "money", "production"),
    by=("customer", "salesperson", "source"),
    order_by="stake DESC, order_number",
)
