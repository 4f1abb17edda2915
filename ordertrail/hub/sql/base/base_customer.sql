-- Customers, as the store has them. Grain: customer.
-- Key: id. Follows: customer by id.
SELECT id,             -- bigint
       home_id,        -- bigint
       code,           -- text
       name,           -- text
       country         -- text
FROM parties_customer
