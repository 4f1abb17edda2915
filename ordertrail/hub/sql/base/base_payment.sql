-- Payments, as the store has them. Grain: payment.
-- Key: id. Follows: payment by id.
SELECT id,             -- bigint
       paid_date,      -- date
       currency        -- text
FROM billing_payment
