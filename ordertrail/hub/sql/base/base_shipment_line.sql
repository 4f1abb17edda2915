-- Link rows order line to shipment. Grain: shipment line.
-- Key: id. Follows: shipment by shipment_id, order by order_id.
SELECT id,             -- bigint
       shipment_id,    -- bigint
       line,           -- integer
       order_id,       -- bigint
       order_line_id,  -- bigint
       sku,            -- text
       qty,            -- bigint
       counts,         -- boolean
       scheduled_date, -- date
       delivered_date  -- date
FROM shipping_shipmentline
