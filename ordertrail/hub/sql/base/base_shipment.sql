-- Shipments, as the store has them. Grain: shipment.
-- Key: id. Follows: shipment by id.
SELECT id,             -- bigint
       home_id,        -- bigint
       number,         -- text
       shipped_date,   -- date
       arrived_date,   -- date
       mode            -- text
FROM shipping_shipment
