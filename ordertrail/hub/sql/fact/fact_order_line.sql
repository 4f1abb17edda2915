-- What was ordered, product by product, and how much of it has left. Grain: order line.
-- Key: order_line_id. Follows: base_order_line.
-- Amounts are net in the order's currency, in 10⁻⁴ of its unit; quantities in 10⁻⁶ of the product's unit.
WITH
went AS (
    SELECT d.order_line_id, CAST(SUM(d.qty) AS BIGINT) AS shipped_qty
    FROM base_shipment_line AS d
    WHERE d.counts AND d.qty > 0 AND d.order_line_id IN {changed}
    GROUP BY d.order_line_id
),
counted AS (
    SELECT
        l.id,
        l.order_id,
        l.product_id,
        l.line,
        s.salesperson,
        l.sku,
        l.vendor,
        s.currency,
        s.is_open,
        COALESCE(l.promised_date, s.promised_date) AS promised_date,
        l.qty,
        -- Of an order with nothing left to ship, what has not left was cancelled by closing it (orders/rules.py, cancelled_in_all).
        CASE
            WHEN s.delivery NOT IN ('waiting', 'partially') AND NOT COALESCE(p.service, FALSE)
                AND l.qty - l.cancelled_qty > COALESCE(w.shipped_qty, 0)
                THEN COALESCE(w.shipped_qty, 0)
            ELSE l.qty - l.cancelled_qty
        END AS wanted_qty,
        COALESCE(w.shipped_qty, 0) AS shipped_qty,
        -- What went out beyond the line opens nothing, and a service is never shipped.
        CASE
            WHEN COALESCE(p.service, FALSE) OR s.delivery NOT IN ('waiting', 'partially')
                OR l.qty - l.cancelled_qty <= COALESCE(w.shipped_qty, 0) THEN 0
            ELSE l.qty - l.cancelled_qty - COALESCE(w.shipped_qty, 0)
        END AS to_ship_qty,
        l.net,
        s.digits
    FROM base_order_line AS l
    JOIN base_order_status AS s ON s.order_id = l.order_id
    LEFT JOIN base_product AS p ON p.id = l.product_id
    LEFT JOIN went AS w ON w.order_line_id = l.id
    WHERE l.id IN {changed}
)
SELECT
    c.id AS order_line_id,
    c.order_id,
    c.product_id,
    c.line,
    c.salesperson,
    c.sku,
    c.vendor,
    c.currency,
    c.is_open,
    c.promised_date,
    c.wanted_qty,
    c.shipped_qty,
    c.to_ship_qty,
    c.net,
    CASE WHEN c.to_ship_qty = 0 THEN 0 ELSE ot_piece(c.net, c.to_ship_qty, c.qty, c.digits) END AS to_ship_net
FROM counted AS c
