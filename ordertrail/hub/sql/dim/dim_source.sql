-- Source systems, and whether each tells when goods arrive. Grain: source.
-- Key: source_id. Follows: everything.
SELECT
    s.id AS source_id,
    s.code AS source,
    s.name AS source_name,
    s.kind,
    -- A source that has never told of an arrival says nothing by telling of none.
    COALESCE(t.arrivals, 0) > 0 AS tells_arrival
FROM base_source AS s
LEFT JOIN (
    SELECT home_id, COUNT(arrived_date) AS arrivals
    FROM base_shipment
    GROUP BY home_id
) AS t ON t.home_id = s.id
