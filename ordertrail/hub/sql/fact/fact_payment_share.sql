-- What was paid for each order and counts; without an invoice it is a deposit. Grain: payment, invoice and order.
-- Key: payment_share_id. Follows: base_payment_share.
-- Amounts are in the payment's currency, in 10⁻⁴ of its unit; money back to the customer is below zero.
SELECT
    h.id AS payment_share_id,
    h.payment_id,
    h.invoice_id,
    h.order_id,
    s.salesperson,
    p.currency,
    p.paid_date,
    h.amount
FROM base_payment_share AS h
JOIN base_payment AS p ON p.id = h.payment_id
JOIN base_order_status AS s ON s.order_id = h.order_id
WHERE h.counts AND h.id IN {changed}
