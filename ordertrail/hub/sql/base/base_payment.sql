-- Payments, as the store has them. Grain: payment.
-- Key: id. Follows: payment by id.
SELECT id,             -- bigint
       home_id,        -- bigint
       number,         -- text
       paid_date,      -- date
       currency        -- text
FROM billing_payment
