-- Work orders, as the store has them. Grain: work order.
-- Key: id. Follows: work_order by id, order by order_id.
SELECT id,             -- bigint
       order_id,       -- bigint
       counts,         -- boolean
       start_date,     -- date
       finished_date   -- date
FROM work_workorder
