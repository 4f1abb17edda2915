-- Customers. Grain: customer.
-- Key: customer_id. Follows: base_customer.
SELECT
    c.id AS customer_id,
    s.code AS source,
    c.code AS customer_code,
    c.name AS customer_name,
    c.country
FROM base_customer AS c
JOIN base_source AS s ON s.id = c.home_id
WHERE c.id IN {changed}
