-- Products without their cost, which is behind a right of its own. Grain: product.
-- Key: id. Follows: product by id.
SELECT id,             -- bigint
       home_id,        -- bigint
       sku,            -- text
       name,           -- text
       unit,           -- text
       category,       -- text
       service         -- boolean
FROM catalog_product
