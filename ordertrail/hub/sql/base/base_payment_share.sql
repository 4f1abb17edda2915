-- Which part of a payment counts for which order. Grain: payment, invoice and order.
-- Key: id. Follows: payment by payment_id, order by order_id.
SELECT id,             -- bigint
       payment_id,     -- bigint
       invoice_id,     -- bigint
       order_id,       -- bigint
       amount,         -- bigint
       counts          -- boolean
FROM billing_paymentshare
