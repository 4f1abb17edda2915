"""Where open orders stand: each once, at its first unfinished step; how long they have been there, and how long it took before."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: dict[str, Promise] = {
    "to_produce": _("To produce"),
    "in_production": _("In production"),
    "to_ship": _("To ship"),
    "in_transit": _("In transit"),
    "to_invoice": _("To invoice"),
    "to_collect": _("To collect"),
    "to_settle": _("To settle"),
}
"""The steps in their order. "To settle" is what is open though every step is done: billed or paid too much."""

STAGE = """
    CASE
        WHEN o.delivery IN ('waiting', 'partially') AND o.production = 'waiting' THEN 'to_produce'
        WHEN o.delivery IN ('waiting', 'partially') AND o.production = 'partially' THEN 'in_production'
        WHEN o.delivery IN ('waiting', 'partially') THEN 'to_ship'
        WHEN o.on_the_way AND d.tells_arrival THEN 'in_transit'
        WHEN o.invoicing IN ('to_invoice', 'partially') THEN 'to_invoice'
        WHEN o.open_receivable > 0 THEN 'to_collect'
        ELSE 'to_settle'
    END
"""
"""The step of an open order ``o`` whose goods come from source ``d``. Production holds an order back only while something is still
to be shipped, and an order is in transit only where its source tells arrivals at all."""

ENTERED = """
    CASE stage
        WHEN 'to_produce' THEN order_date
        WHEN 'in_production' THEN COALESCE(started_date, order_date)
        WHEN 'to_ship' THEN COALESCE(finished_date, order_date)
        WHEN 'in_transit' THEN last_shipped_date
        WHEN 'to_invoice' THEN COALESCE(last_arrived_date, last_shipped_date, order_date)
        WHEN 'to_collect' THEN last_invoice_date
        ELSE COALESCE(last_paid_date, last_invoice_date, last_shipped_date, order_date)
    END
"""
"""The day on which an order came to its step, by the day on which the step before it ended."""

LATE = "is_open AND delivery IN ('waiting', 'partially') AND promised_date < $today"
"""Late: promised before today, and not all of it has left."""

STAGED = f"""(
    SELECT o.*, {STAGE} AS stage
    FROM {{fact_order}} AS o
    LEFT JOIN {{dim_source}} AS d ON d.source = o.goods_source
    WHERE o.is_open
)"""
"""Open orders with the step at which they stand."""

STAYS = f"""
    WITH standing AS (
        SELECT stage, {ENTERED} AS entered FROM {STAGED} AS open WHERE {{scope}}
    ),
    passed AS (
        SELECT 'to_produce' AS stage, order_date AS entered, started_date AS left_on FROM {{fact_order}}
        WHERE production <> 'not_required' AND {{scope}}
        UNION ALL
        SELECT 'in_production', started_date, finished_date FROM {{fact_order}}
        WHERE production IN ('done', 'over') AND {{scope}}
        UNION ALL
        SELECT 'to_ship', COALESCE(finished_date, order_date), last_shipped_date FROM {{fact_order}}
        WHERE delivery IN ('done', 'over') AND {{scope}}
        UNION ALL
        SELECT 'in_transit', last_shipped_date, last_arrived_date FROM {{fact_order}}
        WHERE delivery IN ('done', 'over') AND NOT on_the_way AND {{scope}}
        UNION ALL
        SELECT 'to_invoice', COALESCE(last_arrived_date, last_shipped_date, order_date), last_invoice_date FROM {{fact_order}}
        WHERE invoicing IN ('fully', 'over') AND {{scope}}
        UNION ALL
        SELECT 'to_collect', last_invoice_date, last_paid_date FROM {{fact_order}}
        WHERE payment = 'paid' AND {{scope}}
    ),
    days AS (
        SELECT s.stage, 'now' AS what, t.workday_number - e.workday_number AS stay
        FROM standing AS s
        JOIN {{dim_day}} AS e ON e.day = s.entered
        JOIN {{dim_day}} AS t ON t.day = $today
        UNION ALL
        SELECT p.stage, 'before', GREATEST(l.workday_number - e.workday_number, 0)
        FROM passed AS p
        JOIN {{dim_day}} AS e ON e.day = p.entered
        JOIN {{dim_day}} AS l ON l.day = p.left_on
        WHERE p.left_on > $first AND p.left_on <= $today
    )
    SELECT stage, what, COUNT(*) AS many, CAST(10 * quantile_cont(stay, 0.5) AS INTEGER) AS tenths
    FROM days
    GROUP BY stage, what
"""
"""The median stay at each step in tenths of working days: of the orders that stand there now, and of those that left it in the last
twelve weeks (the baseline)."""
