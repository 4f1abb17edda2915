-- What left and counts, and whether it came on its day. Grain: shipment line.
-- Key: shipment_line_id. Follows: base_shipment_line.
-- Net is the piece of its order line's amount, in 10⁻⁴ of the currency's unit; what came back is below zero.
WITH
told AS (
    SELECT
        l.id,
        l.shipment_id,
        l.order_id,
        ol.product_id,
        d.number,
        home.code,
        l.line,
        s.number AS order_number,
        ol.line AS order_line,
        s.salesperson,
        s.country,
        ol.vendor,
        d.mode,
        COALESCE(NULLIF(ol.sku, ''), l.sku) AS sku,
        s.currency,
        d.shipped_date,
        -- The day it was to be there: the shipment line's own, else the order line's, else the order's.
        COALESCE(l.scheduled_date, ol.promised_date, s.promised_date) AS scheduled_date,
        -- The day it was there: the shipment line's own, else the day of arrival, else the day it left.
        COALESCE(l.delivered_date, d.arrived_date, d.shipped_date) AS delivered_date,
        l.qty,
        COALESCE(ot_piece(ol.net, l.qty, ol.qty, s.digits), 0) AS net
    FROM base_shipment_line AS l
    JOIN base_shipment AS d ON d.id = l.shipment_id
    JOIN base_source AS home ON home.id = d.home_id
    JOIN base_order_status AS s ON s.order_id = l.order_id
    LEFT JOIN base_order_line AS ol ON ol.id = l.order_line_id
    WHERE l.counts AND l.id IN {changed}
)
SELECT
    t.id AS shipment_line_id,
    t.shipment_id,
    t.order_id,
    t.product_id,
    t.number AS shipment_number,
    t.code AS source,
    t.line,
    t.order_number,
    t.order_line,
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
