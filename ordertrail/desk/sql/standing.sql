-- Everything that an order line's quantities are counted from. Grain: order line. Meanings: orders/standing.py.
-- {orders}: the ids asked for. The columns stand in the order of LineStanding's fields.
SELECT l.id, l.order_id, l.line, l.product_id, l.sku, COALESCE(p.service, FALSE), COALESCE(t.invoice_policy, '') = 'ordered',
       l.qty, l.cancelled_qty, CASE WHEN o.prices_include_tax THEN l.gross ELSE l.net END, l.tax_rate,
       COALESCE(p.under_tolerance, 0), COALESCE(p.over_tolerance, 0),
       COALESCE((SELECT SUM(s.qty) FROM shipping_shipmentline s WHERE s.order_line_id = l.id AND s.counts AND s.qty > 0), 0),
       COALESCE((SELECT SUM(-s.qty) FROM shipping_shipmentline s WHERE s.order_line_id = l.id AND s.counts AND s.qty < 0), 0),
       COALESCE((SELECT SUM(-s.qty) FROM shipping_shipmentline s
                 WHERE s.order_line_id = l.id AND s.counts AND s.qty < 0 AND s.credit), 0),
       COALESCE((SELECT SUM(s.qty) FROM shipping_shipmentline s JOIN shipping_shipment d ON d.id = s.shipment_id
                 WHERE s.order_line_id = l.id AND d.state = 'draft'), 0),
       COALESCE((SELECT SUM(r.qty) FROM stock_reservation r WHERE r.order_line_id = l.id AND r.ended_at IS NULL), 0),
       COALESCE((SELECT SUM(i.qty) FROM billing_invoiceline i WHERE i.order_line_id = l.id AND i.counts), 0),
       COALESCE((SELECT SUM(i.qty) FROM billing_invoiceline i JOIN billing_invoice d ON d.id = i.invoice_id
                 WHERE i.order_line_id = l.id AND d.state = 'draft'), 0),
       COALESCE((SELECT SUM(c.qty) FROM orders_cut c WHERE c.line_id = l.id AND c.why = 'unbilled' AND c.ended_at IS NULL), 0)
FROM orders_orderline l
JOIN orders_order o ON o.id = l.order_id
LEFT JOIN orders_terms t ON t.order_id = l.order_id
LEFT JOIN catalog_product p ON p.id = l.product_id
WHERE l.order_id IN {orders}
ORDER BY l.order_id, l.line
