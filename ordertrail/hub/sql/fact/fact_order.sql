-- Where each order stands, with the days at which it got there. Grain: order.
-- Key: order_id. Follows: base_order_status.
-- Amounts are gross in the order's currency, in 10⁻⁴ of its unit; domain.md §1.10 says what each means.
WITH
goods AS (
    SELECT
        l.order_id,
        MAX(d.arrived_date) AS last_arrived_date,
        SUM(CASE WHEN d.arrived_date IS NULL THEN 1 ELSE 0 END) AS on_the_way
    FROM base_shipment_line AS l
    JOIN base_shipment AS d ON d.id = l.shipment_id
    WHERE l.counts AND l.qty > 0 AND l.order_id IN {changed}
    GROUP BY l.order_id
),
making AS (
    SELECT w.order_id, MIN(w.start_date) AS started_date, MAX(w.finished_date) AS finished_date
    FROM base_work_order AS w
    WHERE w.counts AND w.order_id IN {changed}
    GROUP BY w.order_id
),
bills AS (
    SELECT h.order_id, MAX(i.invoice_date) AS last_invoice_date
    FROM base_invoice_share AS h
    JOIN base_invoice AS i ON i.id = h.invoice_id
    WHERE h.counts AND h.order_id IN {changed}
    GROUP BY h.order_id
),
money AS (
    SELECT h.order_id, MAX(p.paid_date) AS last_paid_date
    FROM base_payment_share AS h
    JOIN base_payment AS p ON p.id = h.payment_id
    WHERE h.counts AND h.order_id IN {changed}
    GROUP BY h.order_id
)
SELECT
    s.order_id,
    s.number AS order_number,
    home.code AS source,
    s.company,
    s.customer AS customer_id,
    s.customer_name,
    s.salesperson,
    s.country,
    s.currency,
    s.order_date,
    s.promised_date,
    s.status,
    s.delivery,
    s.invoicing,
    s.payment,
    s.production,
    s.is_open,
    s.line_count,
    s.ordered,
    s.effective,
    s.shipped,
    s.to_ship,
    s.invoiced,
    s.paid,
    s.deposit,
    s.open_receivable,
    s.not_invoiced,
    s.rounding_difference,
    s.first_shipped_date,
    s.last_shipped_date,
    g.last_arrived_date,
    COALESCE(g.on_the_way, 0) > 0 AS on_the_way,
    m.started_date,
    m.finished_date,
    b.last_invoice_date,
    s.due_date,
    p.last_paid_date,
    -- The day on which the last of its axes was complete: an order that is done was open until then.
    CASE WHEN s.status = 'done' THEN GREATEST(
        COALESCE(s.order_date, DATE '1990-01-01'), COALESCE(s.last_shipped_date, DATE '1990-01-01'),
        COALESCE(b.last_invoice_date, DATE '1990-01-01'), COALESCE(p.last_paid_date, DATE '1990-01-01')
    ) END AS done_date,
    goods_from.code AS goods_source,
    invoice_from.code AS invoice_source,
    money_from.code AS money_source,
    production_from.code AS production_source
FROM base_order_status AS s
JOIN base_source AS home ON home.id = s.home
LEFT JOIN goods AS g ON g.order_id = s.order_id
LEFT JOIN making AS m ON m.order_id = s.order_id
LEFT JOIN bills AS b ON b.order_id = s.order_id
LEFT JOIN money AS p ON p.order_id = s.order_id
LEFT JOIN base_source AS goods_from ON goods_from.id = s.goods_source
LEFT JOIN base_source AS invoice_from ON invoice_from.id = s.invoice_source
LEFT JOIN base_source AS money_from ON money_from.id = s.money_source
LEFT JOIN base_source AS production_from ON production_from.id = s.production_source
WHERE s.order_id IN {changed}
