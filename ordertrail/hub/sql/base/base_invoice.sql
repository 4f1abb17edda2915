-- Invoices and credit notes, as the store has them. Grain: invoice.
-- Key: id. Follows: invoice by id.
SELECT i.id AS id,                                    -- bigint
       i.invoice_date AS invoice_date,                -- date
       i.currency AS currency,                        -- text
       i.number AS number,                            -- text
       d.ref AS ref,                                  -- text
       i.posted_at IS NOT NULL AS own,                -- boolean: posted here
       i.credits_key <> '' AS named,                  -- boolean: a credit note that says which invoice it credits
       i.credits_id AS credits_id                     -- bigint: that invoice, while it is known
FROM billing_invoice i
JOIN records_sourcedocument d ON d.id = i.id
