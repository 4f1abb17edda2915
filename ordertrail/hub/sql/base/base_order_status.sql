-- Where each order stands, as recounted in the store, with what else is known of it. Grain: order.
-- Key: order_id. Follows: order by order_id.
SELECT order_id,            -- bigint
       company,             -- integer
       home,                -- bigint
       number,              -- text
       customer,            -- bigint
       customer_name,       -- text
       salesperson,         -- text: the scope of rows
       order_date,          -- date
       promised_date,       -- date
       currency,            -- text
       status,              -- text
       delivery,            -- text
       invoicing,           -- text
       payment,             -- text
       production,          -- text
       is_open,             -- boolean
       line_count,          -- integer
       ordered,             -- bigint
       effective,           -- bigint
       shipped,             -- bigint
       to_ship,             -- bigint
       invoiced,            -- bigint
       paid,                -- bigint
       deposit,             -- bigint
       open_receivable,     -- bigint
       not_invoiced,        -- bigint
       rounding_difference, -- bigint
       first_shipped_date,  -- date
       last_shipped_date,   -- date
       due_date,            -- date: of the oldest invoice still open
       goods_source,        -- bigint
       invoice_source,      -- bigint
       money_source,        -- bigint
       production_source,   -- bigint
       digits,              -- integer: decimals of the currency
       country              -- text
FROM (
    SELECT s.*, o.digits, o.country
    FROM orders_orderstatus AS s
    JOIN orders_order AS o ON o.id = s.order_id
) AS status
