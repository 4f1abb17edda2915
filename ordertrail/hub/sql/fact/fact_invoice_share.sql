-- What was billed to each order and counts, what of it is paid, credited or written off, and what is open. Grain: invoice and order.
-- Key: invoice_share_id. Follows: base_invoice_share.
-- Amounts are gross in the invoice's currency, in 10⁻⁴ of its unit; a credit note is below zero, and so is what of it is used.
-- A credit note of another system takes off as billing/credit_notes.py says: the invoice that it names, up to what is open there;
-- one that names none takes off the oldest due of its own orders. Of our own papers each part is a set-off, fixed when it was posted.
WITH
asked AS (
    SELECT DISTINCT h.order_id FROM base_invoice_share AS h WHERE h.counts AND h.order_id IS NOT NULL AND h.id IN {changed}
),
taken AS (
    SELECT one.order_id, one.invoice_id, SUM(one.paid) AS paid, SUM(one.set_off) AS set_off, SUM(one.written_off) AS written_off
    FROM (
        SELECT p.order_id, p.invoice_id, p.amount AS paid, 0 AS set_off, 0 AS written_off FROM base_payment_share AS p WHERE p.counts
        UNION ALL
        SELECT f.order_id, f.invoice_id, 0, f.amount, 0 FROM base_setoff AS f
        UNION ALL
        SELECT f.order_id, f.credit_note_id, 0, -f.amount, 0 FROM base_setoff AS f
        UNION ALL
        SELECT w.order_id, w.invoice_id, 0, 0, w.amount FROM base_write_off AS w
    ) AS one
    WHERE one.invoice_id IS NOT NULL AND one.order_id IN (SELECT order_id FROM asked)
    GROUP BY one.order_id, one.invoice_id
),
papers AS (
    SELECT g.id, g.order_id, g.invoice_id, g.due_date, g.gross, i.currency, i.invoice_date, i.number, i.ref, i.own, i.named, i.credits_id,
           COALESCE(t.paid, 0) AS paid, COALESCE(t.set_off, 0) AS set_off, COALESCE(t.written_off, 0) AS written_off
    FROM base_invoice_share AS g
    JOIN base_invoice AS i ON i.id = g.invoice_id
    LEFT JOIN taken AS t ON t.order_id = g.order_id AND t.invoice_id = g.invoice_id
    WHERE g.counts AND g.order_id IN (SELECT order_id FROM asked)
),
-- The papers of other systems, of orders with a credit note, in the order in which they are taken: oldest due first.
still AS (
    SELECT q.id, q.order_id, q.invoice_id, q.named, q.credits_id, q.gross - q.paid AS open,
           ROW_NUMBER() OVER (PARTITION BY q.order_id ORDER BY q.due_date IS NOT NULL, q.due_date, q.number, q.ref, q.id) AS place
    FROM papers AS q
    WHERE NOT q.own AND q.order_id IN (SELECT order_id FROM papers WHERE NOT own AND gross < paid)
),
by_name AS (
    SELECT n.id AS note, v.id AS bill, v.open AS room, -n.open AS amount,
           SUM(-n.open) OVER (PARTITION BY v.id ORDER BY n.place) AS so_far
    FROM still AS n
    JOIN still AS v ON v.order_id = n.order_id AND v.invoice_id = n.credits_id
    WHERE n.open < 0 AND n.named AND v.open > 0
),
named_parts AS (
    SELECT note, bill, LEAST(amount, room - (so_far - amount)) AS part FROM by_name WHERE so_far - amount < room
),
bills AS (
    SELECT s.id, s.order_id, s.place, s.open - COALESCE(m.part, 0) AS amount
    FROM still AS s
    LEFT JOIN (SELECT bill, SUM(part) AS part FROM named_parts GROUP BY bill) AS m ON m.bill = s.id
    WHERE s.open > 0
),
-- Bills and the notes that name none, each in its turn: what of one side is taken ends where the other side is used up.
in_turn AS (
    SELECT b.id, b.order_id, 1 AS side, b.amount, SUM(b.amount) OVER (PARTITION BY b.order_id ORDER BY b.place) AS so_far FROM bills AS b
    UNION ALL
    SELECT s.id, s.order_id, -1, -s.open, SUM(-s.open) OVER (PARTITION BY s.order_id ORDER BY s.place)
    FROM still AS s WHERE s.open < 0 AND NOT s.named
),
room AS (
    SELECT order_id, -side AS side, SUM(amount) AS amount FROM in_turn GROUP BY order_id, side
),
credited AS (
    SELECT one.id, SUM(one.part) AS part
    FROM (
        SELECT t.id, t.side * LEAST(t.amount, r.amount - (t.so_far - t.amount)) AS part
        FROM in_turn AS t JOIN room AS r ON r.order_id = t.order_id AND r.side = t.side
        WHERE t.so_far - t.amount < r.amount
        UNION ALL
        SELECT bill, part FROM named_parts
        UNION ALL
        SELECT note, -part FROM named_parts
    ) AS one
    GROUP BY one.id
)
SELECT
    q.id AS invoice_share_id,
    q.invoice_id,
    q.order_id,
    s.salesperson,
    q.currency,
    q.invoice_date,
    q.due_date,
    q.gross,
    CAST(q.paid AS BIGINT) AS paid,
    CAST(q.set_off + COALESCE(c.part, 0) AS BIGINT) AS credited,
    CAST(q.written_off AS BIGINT) AS written_off,
    CAST(q.gross - q.paid - q.set_off - COALESCE(c.part, 0) - q.written_off AS BIGINT) AS open
FROM papers AS q
JOIN base_order_status AS s ON s.order_id = q.order_id
LEFT JOIN credited AS c ON c.id = q.id
WHERE q.id IN {changed}
