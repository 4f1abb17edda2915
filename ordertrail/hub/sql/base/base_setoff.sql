-- Which part of our own credit note reduces which invoice, of those that hold. Grain: credit note, invoice and order.
-- Key: id. Follows: order by order_id.
SELECT id,             -- bigint
       credit_note_id, -- bigint
       invoice_id,     -- bigint
       order_id,       -- bigint
       amount          -- bigint
FROM billing_setoff
WHERE ended_at IS NULL
