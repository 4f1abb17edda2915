-- What of an order's part of an invoice nobody will pay, of what holds. Grain: payment, invoice and order.
-- Key: id. Follows: order by order_id.
SELECT id,             -- bigint
       invoice_id,     -- bigint
       order_id,       -- bigint
       amount          -- bigint
FROM billing_writeoff
WHERE ended_at IS NULL
