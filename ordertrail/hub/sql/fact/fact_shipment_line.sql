-- What left and counts, and whether it came on its day. Grain: shipment line.
-- Key: shipment_line_id. Follows: base_shipment_line.
-- Net is the piece of its order line's amount, in 10⁻⁴ of the currency's unit; what came back is below zero.
WITH
matched AS (
    -- First the two large tables, while their rows are narrow: the texts of order and shipment need not be carried through it.
    SELECT
        l.id,
        l.shipment_id,
        l.order_id,
        ol.product_id,
        l.line,
        ol.vendor,
        COALESCE(NULLIF(ol.sku, ''), l.sku) AS sku,
        COALESCE(l.scheduled_date, ol.promised_date) AS scheduled_date,
        l.delivered_date,
        l.qty,
        ol.qty AS of_qty,
        ol.net
    FROM base_shipment_line AS l
    LEFT JOIN base_order_line AS ol ON ol.id = l.order_line_id
    WHERE l.counts AND l.id IN {changed}
),
told AS (
    SELECT
        m.id,
        m.shipment_id,
        m.order_id,
        m.product_id,
        d.number,
        taken.code,
        m.line,
        s.salesperson,
        s.country,
        m.vendor,
        d.mode,
        m.sku,
        s.currency,
        d.shipped_date,
        -- The day it was to be there: the shipment line's own, else the order line's, else the order's.
        COALESCE(m.scheduled_date, s.promised_date) AS scheduled_date,
        -- The day it was there: the shipment line's own, else the day of arrival, else the day it left.
        COALESCE(m.delivered_date, d.arrived_date, d.shipped_date) AS delivered_date,
        m.qty,
        COALESCE(ot_piece(m.net, m.qty, m.of_qty, s.digits), 0) AS net
    FROM matched AS m
    JOIN base_shipment AS d ON d.id = m.shipment_id
    JOIN base_order_status AS s ON s.order_id = m.order_id
    JOIN base_source AS taken ON taken.id = s.home
)
SELECT
    t.id AS shipment_line_id,
    t.shipment_id,
    t.order_id,
    t.product_id,
    t.number AS shipment_number,
    t.code AS order_source,
    t.line,
    t.salesperson,
    t.country,
    t.vendor,
    t.mode,
    t.sku,
    t.currency,
    t.shipped_date,
    t.scheduled_date,
    t.delivered_date,
    COALESCE(t.qty > 0 AND t.delivered_date > t.scheduled_date, FALSE) AS is_late,
    t.qty,
    t.net
FROM told AS t
