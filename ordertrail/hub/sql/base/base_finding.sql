-- Findings, as the store has them. Grain: finding.
-- Key: id. Follows: finding by id, order by order_id.
SELECT id,                     -- bigint
       check_name,             -- text
       kind,                   -- text
       object_kind,            -- text
       object_id,              -- bigint
       order_id,               -- bigint
       status,                 -- text
       money,                  -- bigint
       currency,               -- text
       role,                   -- text
       since_at,               -- instant
       closed_at               -- instant
FROM (
    SELECT id, check_name, kind, object_kind, object AS object_id, "order" AS order_id, status, money, currency, role,
           since AS since_at, closed_at
    FROM findings_finding
) AS finding
