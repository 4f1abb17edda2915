"""Receivable: what customers still owe on posted invoices."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ordertrail.boards.metric import ORDER_COLUMNS, Column, Kind, Metric, Unit


def past(days: Sequence[str]) -> str:
    """What was owed at the ends of some days, the newest first: what is owed now, less what came to it or went from it since, order
    by order, credit left out. So only the invoices and payments since the earliest day are read; those without a day count always."""
    since = ", ".join(
        f"CAST(SUM(CASE WHEN day > ${day} THEN amount ELSE 0 END) AS BIGINT) AS since_{place}"
        for place, day in enumerate(days)
    )
    places = range(len(days))
    now = ", ".join(f"SUM(open_receivable) AS at_{place}" for place in places)
    more = ", ".join(
        f"SUM(GREATEST(open_receivable - since_{place}, 0) - GREATEST(open_receivable, 0)) AS at_{place}"
        for place in places
    )
    both = ", ".join(f"CAST(SUM(at_{place}) AS BIGINT) AS at_{place}" for place in places)
    return f"""
        WITH moves AS (
            SELECT order_id, invoice_date AS day, gross AS amount
            FROM {{fact_invoice_share}} WHERE invoice_date > ${days[-1]}
            UNION ALL
            SELECT order_id, paid_date AS day, -amount AS amount
            FROM {{fact_payment_share}} WHERE invoice_id IS NOT NULL AND paid_date > ${days[-1]}
        ),
        moved AS (SELECT order_id, {since} FROM moves GROUP BY order_id),
        asked AS NOT MATERIALIZED (SELECT order_id, currency, open_receivable FROM {{fact_order}} WHERE {{scope}}),
        parts AS (
            SELECT currency, {now} FROM asked WHERE open_receivable > 0 GROUP BY currency
            UNION ALL
            SELECT a.currency, {more} FROM moved AS m JOIN asked AS a ON a.order_id = m.order_id GROUP BY a.currency
        )
        SELECT currency, {both} FROM parts GROUP BY currency
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
