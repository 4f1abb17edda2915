-- Invoices and credit notes, as the store has them. Grain: invoice.
-- Key: id. Follows: invoice by id.
SELECT id,             -- bigint
       home_id,        -- bigint
       number,         -- text
       type,           -- text
       invoice_date,   -- date
       currency        -- text
FROM billing_invoice
