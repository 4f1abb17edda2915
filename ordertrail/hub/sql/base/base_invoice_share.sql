-- Each order's share of an invoice. Grain: invoice and order.
-- Key: id. Follows: invoice by invoice_id, order by order_id.
SELECT id,             -- bigint
       invoice_id,     -- bigint
       order_id,       -- bigint
       gross,          -- bigint
       due_date,       -- date
       counts          -- boolean
FROM billing_invoiceshare
