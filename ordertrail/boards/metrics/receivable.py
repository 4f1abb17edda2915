"""Receivable: what customers still owe on posted invoices."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit


def past(days: Sequence[str]) -> str:
    """What was owed at the ends of some days: invoices less payments up to then, order by order, credit left out."""
    sums = ", ".join(
        f"SUM(CASE WHEN day <= ${day} THEN amount ELSE 0 END) AS owed_{place}" for place, day in enumerate(days)
    )
    totals = ", ".join(
        f"CAST(COALESCE(SUM(GREATEST(owed_{place}, 0)), 0) AS BIGINT) AS at_{place}" for place in range(len(days))
    )
    return f"""
        WITH open AS (
            SELECT order_id, currency FROM {{fact_order}}
            WHERE (open_receivable <> 0 OR last_invoice_date > ${days[-1]} OR last_paid_date > ${days[-1]}) AND {{scope}}
        ),
        moves AS (
            SELECT order_id, invoice_date AS day, gross AS amount FROM {{fact_invoice_share}}
            UNION ALL
            SELECT order_id, paid_date AS day, -amount AS amount FROM {{fact_payment_share}} WHERE invoice_id IS NOT NULL
        ),
        owed AS (
            SELECT open.order_id, open.currency, {sums}
            FROM moves JOIN open ON open.order_id = moves.order_id
            GROUP BY open.order_id, open.currency
        )
        SELECT currency, {totals} FROM owed GROUP BY currency
    """


METRIC = Metric(
    title=_("Receivable"),
    basis=_("incl. tax"),
    meaning=_(
        "What is still to be paid on posted invoices, order by order: its shares of invoices less its shares of "
        "payments. Orders on which more was paid than billed count nothing here; their surplus is the customer's. How "
        "it stood on an earlier day is reckoned from the invoices and payments up to that day as they are known now."
    ),
    unit=Unit.MONEY,
    named=_("orders"),
    table="""(
        SELECT o.*, b.billed_since
        FROM {fact_order} AS o
        LEFT JOIN (
            SELECT order_id, MIN(invoice_date) AS billed_since FROM {fact_invoice_share} WHERE open > 0 GROUP BY order_id
        ) AS b ON b.order_id = o.order_id
    )""",
    where="open_receivable > 0",
    each="open_receivable",
    past=past,
    columns=(
        *ORDER_COLUMNS,
        Column("billed_since", _("Invoiced on"), Kind.DAY),
        Column("due_date", _("Due"), Kind.DAY),
        Column("invoiced", _("Invoiced"), Kind.MONEY),
        Column("paid", _("Paid"), Kind.MONEY),
        Column("open_receivable", _("Receivable"), Kind.MONEY),
    ),
    needs=("invoice", "money"),
    by=("customer", "salesperson", "source"),
    order_by="due_date, open_receivable DESC, order_number",
    aged_by="billed_since",
)
