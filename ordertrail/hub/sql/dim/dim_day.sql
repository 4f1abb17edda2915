-- The days from 1990 to 2069 with their week, month and number of working days since (Monday to Friday). Grain: day.
-- Key: day. Follows: nothing.
WITH
digit AS (
    SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
),
since AS (
    SELECT CAST(a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS INTEGER) AS days
    FROM digit AS a, digit AS b, digit AS c, digit AS d, digit AS e
    WHERE e.n < 3
),
counted AS (
    -- 1990-01-01 was a Monday.
    SELECT CAST(DATE '1990-01-01' + days AS DATE) AS day, days, days % 7 AS weekday
    FROM since
    WHERE days < 29220
)
SELECT
    day,
    CAST(day - weekday AS DATE) AS week,
    CAST(day - (CAST(EXTRACT(DAY FROM day) AS INTEGER) - 1) AS DATE) AS month,
    weekday + 1 AS weekday,
    CAST((days - weekday) / 7 AS INTEGER) * 5 + CASE WHEN weekday < 5 THEN weekday + 1 ELSE 5 END AS workday_number
FROM counted
