-- Order lines, as the store has them. Grain: order line.
-- Key: id. Follows: order by order_id.
SELECT id,             -- bigint
       order_id,       -- bigint
       line,           -- integer
       sku,            -- text
       product_id,     -- bigint
       qty,            -- bigint
       cancelled_qty,  -- bigint
       net,            -- bigint
       promised_date,  -- date
       vendor          -- text
FROM orders_orderline
