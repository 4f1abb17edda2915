-- One row per order: where it stands, counted from link rows. Grain: order. Meanings: domain.md §1.3 and §1.10.
-- {orders}: the ids asked for; %(invoices_told)s, %(money_told)s: 1 where some source speaks of invoices, of money at all.
-- Amounts in money units, quantities in quantity units; G(q) is one document over q of each line, tax rounded once a rate,
-- or once a line of our own orders where the company does so (%(tax_by_line)s).
WITH asked AS (
    SELECT o.id, o.state, o.digits, o.prices_include_tax,
           CASE WHEN t.order_id IS NULL THEN 0 ELSE 1 END AS own, COALESCE(t.invoice_policy, '') = 'ordered' AS by_order
    FROM orders_order o LEFT JOIN orders_terms t ON t.order_id = o.id
    WHERE o.id IN {orders}
),
-- Closed by a system that does not say what it cancelled: a short close frees what has not left (domain.md §1.3, E5).
closing AS (
    SELECT a.id AS order_id, 1 AS frees
    FROM asked a JOIN orders_orderline l ON l.order_id = a.id
    WHERE a.state = 'closed' AND a.own = 0
    GROUP BY a.id
    HAVING SUM(CASE WHEN l.cancelled_qty <> 0 THEN 1 ELSE 0 END) = 0
),
went AS (
    SELECT s.order_line_id AS line_id,
           SUM(CASE WHEN s.qty > 0 THEN s.qty ELSE 0 END) AS shipped_qty,
           SUM(CASE WHEN s.qty < 0 THEN -s.qty ELSE 0 END) AS returned_qty,
           SUM(CASE WHEN s.qty < 0 AND s.credit THEN -s.qty ELSE 0 END) AS credited_qty
    FROM shipping_shipmentline s
    WHERE s.order_id IN {orders} AND s.counts AND s.order_line_id IS NOT NULL
    GROUP BY s.order_line_id
),
billed AS (
    SELECT i.order_line_id AS line_id, SUM(i.qty) AS invoiced_qty
    FROM billing_invoiceline i
    WHERE i.order_id IN {orders} AND i.counts AND i.order_line_id IS NOT NULL
    GROUP BY i.order_line_id
),
made AS (
    SELECT w.order_line_id AS line_id, SUM(w.planned_qty) AS planned_qty, SUM(w.finished_qty) AS finished_qty
    FROM work_workorder w
    WHERE w.order_id IN {orders} AND w.counts AND w.order_line_id IS NOT NULL
    GROUP BY w.order_line_id
),
spoken AS (
    SELECT s.order_id, 1 AS goods_told
    FROM shipping_shipmentline s WHERE s.order_id IN {orders} AND s.counts
    GROUP BY s.order_id
),
unbilled AS (
    SELECT c.line_id, SUM(c.qty) AS unbilled_qty
    FROM orders_cut c JOIN orders_orderline l ON l.id = c.line_id
    WHERE l.order_id IN {orders} AND c.why = 'unbilled' AND c.ended_at IS NULL
    GROUP BY c.line_id
),
told AS (
    SELECT l.order_id, l.line, l.name, l.sku, l.qty, l.tax_rate, a.by_order, a.own,
           COALESCE(w.credited_qty, 0) AS credited_qty, COALESCE(u.unbilled_qty, 0) AS unbilled_qty,
           COALESCE(p.under_tolerance, 0) AS under_tolerance,
           CASE WHEN c.frees = 1 AND (g.goods_told = 1 OR %(goods_told)s = 1) AND NOT COALESCE(p.service, FALSE)
                     AND l.qty > COALESCE(w.shipped_qty, 0)
                THEN COALESCE(w.shipped_qty, 0) ELSE l.qty - l.cancelled_qty END AS wanted_qty,
           CASE WHEN a.prices_include_tax THEN l.gross ELSE l.net END AS amount,
           COALESCE(p.service, FALSE) AS service,
           COALESCE(w.shipped_qty, 0) AS shipped_qty,
           COALESCE(w.returned_qty, 0) AS returned_qty,
           COALESCE(b.invoiced_qty, 0) AS invoiced_qty,
           m.planned_qty, m.finished_qty
    FROM orders_orderline l
    JOIN asked a ON a.id = l.order_id
    LEFT JOIN catalog_product p ON p.id = l.product_id
    LEFT JOIN went w ON w.line_id = l.id
    LEFT JOIN billed b ON b.line_id = l.id
    LEFT JOIN made m ON m.line_id = l.id
    LEFT JOIN unbilled u ON u.line_id = l.id
    LEFT JOIN closing c ON c.order_id = l.order_id
    LEFT JOIN spoken g ON g.order_id = l.order_id
),
lines AS (
    SELECT told.*,
           CASE WHEN service OR wanted_qty <= shipped_qty THEN 0
                WHEN shipped_qty > 0 AND (wanted_qty - shipped_qty) * 1000000 <= qty * under_tolerance THEN 0
                ELSE wanted_qty - shipped_qty END AS to_ship_qty
    FROM told
),
expected AS (
    SELECT lines.*,
           CASE WHEN by_order THEN wanted_qty - credited_qty
                WHEN to_ship_qty = 0 AND shipped_qty > 0 THEN shipped_qty - returned_qty
                ELSE wanted_qty - returned_qty END - unbilled_qty AS expected_qty,
           CASE WHEN service OR by_order THEN wanted_qty - credited_qty ELSE shipped_qty - returned_qty END - unbilled_qty AS base_qty
    FROM lines
),
rates AS (
    SELECT e.order_id, e.tax_rate, a.digits, a.prices_include_tax,
           SUM(e.amount) AS ordered,
           SUM(CASE WHEN e.expected_qty = e.qty THEN e.amount ELSE ot_piece(e.amount, e.expected_qty, e.qty, a.digits) END) AS effective,
           SUM(CASE e.shipped_qty - e.returned_qty WHEN 0 THEN 0 WHEN e.qty THEN e.amount
               ELSE ot_piece(e.amount, e.shipped_qty - e.returned_qty, e.qty, a.digits) END) AS shipped,
           SUM(CASE e.to_ship_qty WHEN 0 THEN 0 WHEN e.qty THEN e.amount
               ELSE ot_piece(e.amount, e.to_ship_qty, e.qty, a.digits) END) AS to_ship,
           SUM(CASE e.invoiced_qty WHEN 0 THEN 0 WHEN e.qty THEN e.amount
               ELSE ot_piece(e.amount, e.invoiced_qty, e.qty, a.digits) END) AS invoiced_pieces
    FROM expected e JOIN asked a ON a.id = e.order_id
    GROUP BY e.order_id, e.tax_rate, a.digits, a.prices_include_tax, CASE WHEN e.own = 1 AND %(tax_by_line)s = 1 THEN e.line ELSE 0 END
),
amounts AS (
    SELECT order_id,
           SUM(ordered + CASE WHEN prices_include_tax OR ordered = 0 THEN 0
                     ELSE ot_tax(CAST(ordered AS bigint), tax_rate, digits) END) AS ordered,
           SUM(effective + CASE WHEN prices_include_tax OR effective = 0 THEN 0
                     ELSE ot_tax(CAST(effective AS bigint), tax_rate, digits) END) AS effective,
           SUM(shipped + CASE WHEN prices_include_tax OR shipped = 0 THEN 0
                     ELSE ot_tax(CAST(shipped AS bigint), tax_rate, digits) END) AS shipped,
           SUM(to_ship + CASE WHEN prices_include_tax OR to_ship = 0 THEN 0
                     ELSE ot_tax(CAST(to_ship AS bigint), tax_rate, digits) END) AS to_ship,
           SUM(invoiced_pieces + CASE WHEN prices_include_tax OR invoiced_pieces = 0 THEN 0
                     ELSE ot_tax(CAST(invoiced_pieces AS bigint), tax_rate, digits) END) AS invoiced_pieces
    FROM rates
    GROUP BY order_id
),
counted AS (
    SELECT e.order_id, COUNT(*) AS line_count, MIN(e.line) AS first_line,
           SUM(CASE WHEN e.service THEN 0 ELSE 1 END) AS goods_lines,
           SUM(e.qty) AS ordered_qty, SUM(e.shipped_qty) AS shipped_qty, SUM(e.returned_qty) AS returned_qty,
           SUM(e.to_ship_qty) AS to_ship_qty, SUM(e.invoiced_qty) AS invoiced_qty, SUM(e.base_qty) AS base_qty,
           MAX(CASE WHEN e.shipped_qty > e.wanted_qty THEN 1 ELSE 0 END) AS over_shipped,
           MAX(CASE WHEN e.invoiced_qty > (CASE WHEN e.own = 1 OR s.goods_told = 1 OR %(goods_told)s = 1
                                               THEN e.base_qty ELSE e.wanted_qty END)
                      OR (e.by_order AND e.shipped_qty > e.wanted_qty) THEN 1 ELSE 0 END) AS over_billed,
           MAX(CASE WHEN e.invoiced_qty < e.expected_qty THEN 1 ELSE 0 END) AS under_billed,
           COUNT(e.planned_qty) AS made_lines, SUM(COALESCE(e.planned_qty, 0)) AS planned_qty,
           SUM(COALESCE(e.finished_qty, 0)) AS finished_qty,
           MAX(CASE WHEN e.planned_qty IS NOT NULL AND e.finished_qty < e.wanted_qty THEN 1 ELSE 0 END) AS under_made,
           MAX(CASE WHEN e.finished_qty > e.wanted_qty THEN 1 ELSE 0 END) AS over_made
    FROM expected e LEFT JOIN spoken s ON s.order_id = e.order_id
    GROUP BY e.order_id
),
invoiced AS (
    SELECT h.order_id, SUM(h.gross) AS invoiced
    FROM billing_invoiceshare h WHERE h.order_id IN {orders} AND h.counts
    GROUP BY h.order_id
),
-- A line without a quantity bills the order by money; beside quantities on its invoice it is freight or a discount, and so is one of
-- an article that the order does not have where quantities are billed at all: the rounding difference (domain.md §1.5).
by_money AS (
    SELECT i.order_id FROM billing_invoiceline i
    LEFT JOIN billing_invoiceline g ON g.order_id = i.order_id AND g.counts AND g.qty IS NOT NULL
        AND (g.invoice_id = i.invoice_id OR (i.sku <> '' AND i.order_line_id IS NULL))
    WHERE i.order_id IN {orders} AND i.counts AND i.qty IS NULL AND i.kind NOT IN ('advance', 'deduction') AND g.id IS NULL
    GROUP BY i.order_id
),
advanced AS (
    SELECT i.order_id, SUM(i.gross) AS advanced FROM billing_invoiceline i
    WHERE i.order_id IN {orders} AND i.counts AND i.kind IN ('advance', 'deduction')
    GROUP BY i.order_id
),
tied AS (
    SELECT one.order_id, SUM(one.amount) AS tied
    FROM (
        SELECT p.deposit_for AS order_id, p.amount FROM billing_payment p
        WHERE p.deposit_for IN {orders} AND p.state = 'done'
        UNION ALL
        SELECT p.deposit_for, -h.amount FROM billing_payment p JOIN billing_paymentshare h ON h.payment_id = p.id
        WHERE p.deposit_for IN {orders} AND p.state = 'done' AND h.counts AND h.invoice_id IS NOT NULL
        UNION ALL
        SELECT p.deposit_for, -w.amount FROM billing_payment p JOIN billing_writeoff w ON w.payment_id = p.id
        WHERE p.deposit_for IN {orders} AND p.state = 'done' AND w.invoice_id IS NULL AND w.ended_at IS NULL
    ) one
    GROUP BY one.order_id
),
written AS (
    SELECT w.order_id, SUM(w.amount) AS written_off FROM billing_writeoff w
    WHERE w.order_id IN {orders} AND w.ended_at IS NULL
    GROUP BY w.order_id
),
paid AS (
    SELECT h.order_id,
           SUM(CASE WHEN h.invoice_id IS NULL THEN 0 ELSE h.amount END) AS paid,
           SUM(CASE WHEN h.invoice_id IS NULL THEN h.amount ELSE 0 END) AS deposit,
           SUM(CASE WHEN h.amount > 0 THEN 1 ELSE 0 END) AS came_in
    FROM billing_paymentshare h WHERE h.order_id IN {orders} AND h.counts
    GROUP BY h.order_id
),
settled AS (
    SELECT one.order_id, one.invoice_id, SUM(one.amount) AS paid
    FROM (
        SELECT h.order_id, h.invoice_id, h.amount FROM billing_paymentshare h
        WHERE h.order_id IN {orders} AND h.counts AND h.invoice_id IS NOT NULL
        UNION ALL
        SELECT w.order_id, w.invoice_id, w.amount FROM billing_writeoff w
        WHERE w.order_id IN {orders} AND w.ended_at IS NULL AND w.invoice_id IS NOT NULL
        UNION ALL
        SELECT f.order_id, f.invoice_id, f.amount FROM billing_setoff f WHERE f.order_id IN {orders} AND f.ended_at IS NULL
        UNION ALL
        SELECT f.order_id, f.credit_note_id, -f.amount FROM billing_setoff f WHERE f.order_id IN {orders} AND f.ended_at IS NULL
    ) one
    GROUP BY one.order_id, one.invoice_id
),
opens AS (
    SELECT h.order_id, h.invoice_id, h.due_date, h.gross - COALESCE(t.paid, 0) AS open, i.credits_key <> '' AS named, i.credits_id
    FROM billing_invoiceshare h
    JOIN billing_invoice i ON i.id = h.invoice_id
    LEFT JOIN settled t ON t.order_id = h.order_id AND t.invoice_id = h.invoice_id
    WHERE h.order_id IN {orders} AND h.counts
),
-- Credit notes: one that names its invoice takes off that one only, the others the oldest due first (billing/credit_notes.py).
named_credit AS (
    SELECT order_id, credits_id, -SUM(open) AS credit FROM opens WHERE open < 0 AND named GROUP BY order_id, credits_id
),
free_credit AS (
    SELECT order_id, -SUM(open) AS credit FROM opens WHERE open < 0 AND NOT named GROUP BY order_id
),
still AS (
    SELECT o.order_id, o.due_date, o.open - COALESCE(n.credit, 0) AS open
    FROM opens o
    LEFT JOIN named_credit n ON n.order_id = o.order_id AND n.credits_id = o.invoice_id
    WHERE o.open > COALESCE(n.credit, 0)
),
in_turn AS (
    SELECT order_id, due_date, SUM(open) OVER (PARTITION BY order_id ORDER BY due_date IS NOT NULL, due_date) AS so_far FROM still
),
due AS (
    SELECT s.order_id, MIN(s.due_date) AS due_date
    FROM in_turn s
    LEFT JOIN free_credit f ON f.order_id = s.order_id
    WHERE s.so_far > COALESCE(f.credit, 0)
    GROUP BY s.order_id
),
days AS (
    SELECT s.order_id, MIN(d.shipped_date) AS first_shipped_date, MAX(d.shipped_date) AS last_shipped_date
    FROM shipping_shipmentline s JOIN shipping_shipment d ON d.id = s.shipment_id
    WHERE s.order_id IN {orders} AND s.counts AND s.qty > 0
    GROUP BY s.order_id
),
facts AS (
    SELECT o.id AS order_id, o.company, o.home_id AS home, o.number, o.customer_id AS customer, o.customer_name, o.salesperson,
           o.order_date, o.promised_date, o.currency, o.state,
           COALESCE(c.line_count, 0) AS line_count, COALESCE(c.first_line, 0) AS first_line,
           COALESCE(c.goods_lines, 0) AS goods_lines, COALESCE(c.ordered_qty, 0) AS ordered_qty,
           COALESCE(c.shipped_qty, 0) AS shipped_qty, COALESCE(c.to_ship_qty, 0) AS to_ship_qty,
           COALESCE(c.invoiced_qty, 0) AS invoiced_qty, COALESCE(c.base_qty, 0) AS base_qty,
           COALESCE(c.over_shipped, 0) AS over_shipped, COALESCE(c.over_billed, 0) AS over_billed,
           COALESCE(c.under_billed, 0) AS under_billed,
           COALESCE(c.made_lines, 0) AS made_lines, COALESCE(c.planned_qty, 0) AS planned_qty,
           COALESCE(c.finished_qty, 0) AS finished_qty, COALESCE(c.under_made, 0) AS under_made, COALESCE(c.over_made, 0) AS over_made,
           COALESCE(a.ordered, 0) AS ordered, COALESCE(a.effective, 0) AS effective, COALESCE(a.shipped, 0) AS shipped,
           COALESCE(a.to_ship, 0) AS to_ship,
           COALESCE(i.invoiced, 0) AS invoiced, COALESCE(p.paid, 0) AS paid, COALESCE(p.deposit, 0) + COALESCE(ti.tied, 0) AS deposit,
           COALESCE(ad.advanced, 0) AS advanced, COALESCE(wr.written_off, 0) AS written_off, CASE WHEN te.order_id IS NULL THEN 0 ELSE 1 END AS own,
           COALESCE(p.came_in, 0) AS came_in,
           CASE WHEN m.order_id IS NULL THEN 0 ELSE 1 END AS by_money,
           CASE WHEN m.order_id IS NULL THEN COALESCE(i.invoiced, 0) - COALESCE(ad.advanced, 0) - COALESCE(a.invoiced_pieces, 0)
                ELSE 0 END AS rounding_difference,
           u.due_date, d.first_shipped_date, d.last_shipped_date
    FROM orders_order o
    LEFT JOIN counted c ON c.order_id = o.id
    LEFT JOIN amounts a ON a.order_id = o.id
    LEFT JOIN invoiced i ON i.order_id = o.id
    LEFT JOIN by_money m ON m.order_id = o.id
    LEFT JOIN advanced ad ON ad.order_id = o.id
    LEFT JOIN tied ti ON ti.order_id = o.id
    LEFT JOIN written wr ON wr.order_id = o.id
    LEFT JOIN orders_terms te ON te.order_id = o.id
    LEFT JOIN paid p ON p.order_id = o.id
    LEFT JOIN due u ON u.order_id = o.id
    LEFT JOIN days d ON d.order_id = o.id
    WHERE o.id IN {orders}
),
axes AS (
    SELECT facts.*,
           invoiced - paid - written_off AS open_receivable,
           effective - (invoiced - rounding_difference) AS not_invoiced,
           CASE WHEN goods_lines = 0 OR (to_ship_qty = 0 AND shipped_qty = 0) THEN 'not_required'
                WHEN to_ship_qty = 0 AND over_shipped = 1 THEN 'over'
                WHEN to_ship_qty = 0 THEN 'done'
                WHEN shipped_qty = 0 THEN 'waiting'
                ELSE 'partially' END AS delivery,
           CASE WHEN by_money = 1 AND invoiced - rounding_difference > effective THEN 'over'
                WHEN by_money = 1 AND invoiced = effective AND invoiced <> 0 THEN 'fully'
                WHEN by_money = 1 AND invoiced <> 0 THEN 'partially'
                WHEN over_billed = 1 THEN 'over'
                WHEN invoiced_qty = 0 AND invoiced = advanced AND base_qty > 0 THEN 'to_invoice'
                WHEN invoiced_qty = 0 AND invoiced = advanced THEN 'nothing'
                WHEN under_billed = 1 THEN 'partially'
                ELSE 'fully' END AS invoicing,
           CASE WHEN made_lines = 0 THEN 'not_required'
                WHEN over_made = 1 AND under_made = 0 THEN 'over'
                WHEN finished_qty = 0 THEN 'waiting'
                WHEN under_made = 0 THEN 'done'
                ELSE 'partially' END AS production
    FROM facts
),
standing AS (
    SELECT axes.*,
           CASE WHEN came_in > 0 AND paid + deposit = 0 AND open_receivable = 0 THEN 'refunded'
                WHEN open_receivable < 0 THEN 'overpaid'
                -- Of our own order the tied money is known apart and is not paid yet; a system that tells of money for an order means
                -- that it was paid, and one that was cancelled before anything was due is not called paid.
                WHEN paid + CASE WHEN own = 1 THEN 0 ELSE deposit END = 0 AND written_off = 0
                     AND (open_receivable > 0 OR not_invoiced > 0 OR (own = 0 AND effective = 0)) THEN 'unpaid'
                WHEN open_receivable = 0 AND not_invoiced <= 0 THEN 'paid'
                ELSE 'partially' END AS payment,
           CASE WHEN state IN ('confirmed', 'closed') AND effective > 0
                     AND delivery IN ('done', 'over', 'not_required')
                     AND ((own = 0 AND %(invoices_told)s = 0) OR not_invoiced <= 0)
                     AND ((own = 0 AND %(money_told)s = 0) OR open_receivable = 0)
                THEN 'done' ELSE state END AS status
    FROM axes
)
SELECT s.order_id, s.company, s.home, s.number, s.customer, s.customer_name, s.salesperson, s.order_date, s.promised_date,
       s.currency, s.status, s.delivery, s.invoicing, s.payment, s.production,
       s.status = 'confirmed' AS is_open,
       COALESCE(NULLIF(f.name, ''), f.sku, '') AS first_name, s.line_count,
       CAST(s.ordered_qty AS bigint), CAST(s.shipped_qty AS bigint), CAST(s.to_ship_qty AS bigint),
       CAST(s.invoiced_qty AS bigint), CAST(s.finished_qty AS bigint), CAST(s.planned_qty AS bigint),
       CAST(s.ordered AS bigint), CAST(s.effective AS bigint), CAST(s.shipped AS bigint), CAST(s.to_ship AS bigint),
       CAST(s.invoiced AS bigint), CAST(s.paid AS bigint), CAST(s.deposit AS bigint), CAST(s.written_off AS bigint),
       CAST(s.open_receivable AS bigint),
       CAST(s.not_invoiced AS bigint), CAST(s.rounding_difference AS bigint),
       s.first_shipped_date, s.last_shipped_date, s.due_date
FROM standing s
LEFT JOIN orders_orderline f ON f.order_id = s.order_id AND f.line = s.first_line
