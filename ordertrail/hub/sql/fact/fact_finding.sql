-- What is or was wrong or at risk. Grain: finding.
-- Key: finding_id. Follows: base_finding.
-- Money is gross in the finding's currency, in 10⁻⁴ of its unit; instants are microseconds since 1970 in UTC.
SELECT
    f.id AS finding_id,
    f.check_name,
    f.kind,
    f.object_kind,
    f.object_id,
    f.order_id,
    s.number AS order_number,
    home.code AS source,
    s.customer_name,
    s.salesperson,
    f.status,
    f.money,
    f.currency,
    f.role,
    f.since_at,
    f.closed_at
FROM base_finding AS f
LEFT JOIN base_order_status AS s ON s.order_id = f.order_id
LEFT JOIN base_source AS home ON home.id = s.home
WHERE f.id IN {changed}
