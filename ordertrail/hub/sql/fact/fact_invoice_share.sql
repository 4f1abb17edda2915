-- What was billed to each order and counts, and what of it is paid. Grain: invoice and order.
-- Key: invoice_share_id. Follows: base_invoice_share.
-- Amounts are gross in the invoice's currency, in 10⁻⁴ of its unit; a credit note is below zero.
WITH
settled AS (
    SELECT h.id, CAST(SUM(p.amount) AS BIGINT) AS paid
    FROM base_invoice_share AS h
    JOIN base_payment_share AS p ON p.order_id = h.order_id AND p.invoice_id = h.invoice_id
    WHERE h.counts AND p.counts AND h.id IN {changed}
    GROUP BY h.id
)
SELECT
    h.id AS invoice_share_id,
    h.invoice_id,
    h.order_id,
    s.salesperson,
    i.currency,
    i.invoice_date,
    h.due_date,
    h.gross,
    COALESCE(t.paid, 0) AS paid,
    h.gross - COALESCE(t.paid, 0) AS open
FROM base_invoice_share AS h
JOIN base_invoice AS i ON i.id = h.invoice_id
JOIN base_order_status AS s ON s.order_id = h.order_id
LEFT JOIN settled AS t ON t.id = h.id
WHERE h.counts AND h.id IN {changed}
