-- What an order is that its status row does not say. Grain: order.
-- Key: id. Follows: order by id.
SELECT id,                  -- bigint
       digits,              -- integer: decimals of the currency
       country              -- text
FROM orders_order
