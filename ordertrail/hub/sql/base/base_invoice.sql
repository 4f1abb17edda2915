-- Invoices and credit notes, as the store has them. Grain: invoice.
-- Key: id. Follows: invoice by id.
SELECT id,             -- bigint
       invoice_date,   -- date
       currency        -- text
FROM billing_invoice
