-- Products, without cost. Grain: product.
-- Key: product_id. Follows: base_product.
SELECT
    p.id AS product_id,
    s.code AS source,
    p.sku,
    p.name AS product_name,
    p.unit,
    p.category
FROM base_product AS p
JOIN base_source AS s ON s.id = p.home_id
WHERE p.id IN {changed}
