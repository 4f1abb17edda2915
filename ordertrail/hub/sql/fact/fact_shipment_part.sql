-- What was delivered, in parts whose lines no filter tells apart but by product. Grain: shipment, order, vendor and day of delivery.
-- Key: shipment_part_id. Follows: base_shipment_line.
-- Made from fact_shipment_line, which comes before it. ``sole_of_order``: no other line of the order has left, so that orders are
-- counted by adding up; only those in several parts must be told apart. ``sole_of_shipment``: the same of the shipment, whose every
-- line counts here, so that nothing but a change of the shipment itself can change it.
WITH
part AS (
    SELECT
        MIN(l.shipment_line_id) AS id,
        l.shipment_id,
        l.order_id,
        l.vendor,
        l.delivered_date,
        COUNT(*) AS lines,
        SUM(CASE WHEN l.is_late THEN 1 ELSE 0 END) AS late_lines
    FROM fact_shipment_line AS l
    WHERE l.qty > 0 AND l.shipment_line_id IN {changed}
    GROUP BY l.shipment_id, l.order_id, l.vendor, l.delivered_date
),
of_order AS (
    SELECT l.order_id, COUNT(*) AS lines
    FROM base_shipment_line AS l
    WHERE l.counts AND l.qty > 0 AND l.order_id IN (SELECT order_id FROM part)
    GROUP BY l.order_id
),
of_shipment AS (
    SELECT l.shipment_id, COUNT(*) AS lines
    FROM base_shipment_line AS l
    WHERE l.shipment_id IN (SELECT shipment_id FROM part)
    GROUP BY l.shipment_id
)
SELECT
    p.id AS shipment_part_id,
    p.shipment_id,
    p.order_id,
    s.customer AS customer_id,
    home.code AS source,
    taken.code AS order_source,
    s.salesperson,
    s.country,
    p.vendor,
    d.mode,
    s.currency,
    p.delivered_date,
    CAST(p.lines AS INTEGER) AS lines,
    CAST(p.late_lines AS INTEGER) AS late_lines,
    o.lines = p.lines AS sole_of_order,
    e.lines = p.lines AS sole_of_shipment
FROM part AS p
JOIN base_shipment AS d ON d.id = p.shipment_id
JOIN base_source AS home ON home.id = d.home_id
JOIN base_order_status AS s ON s.order_id = p.order_id
JOIN base_source AS taken ON taken.id = s.home
JOIN of_order AS o ON o.order_id = p.order_id
JOIN of_shipment AS e ON e.shipment_id = p.shipment_id
