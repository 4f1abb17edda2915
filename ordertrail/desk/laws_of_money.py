"""The laws of our own invoices and payments, as queries that must give no row (reliability.md §2.4). Amounts in sentences are store
integers."""

from __future__ import annotations

from collections.abc import Iterator

from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.records.own import OWN

_OPEN = f"""
SELECT i.number, i.total, i.total
       - COALESCE((SELECT SUM(a.amount) FROM billing_allocation a JOIN billing_payment p ON p.id = a.payment_id
                   WHERE a.invoice_id = i.id AND a.ended_at IS NULL AND p.home_id = i.home_id), 0)
       - COALESCE((SELECT SUM(s.amount) FROM billing_setoff s WHERE s.invoice_id = i.id AND s.ended_at IS NULL), 0)
       + COALESCE((SELECT SUM(s.amount) FROM billing_setoff s WHERE s.credit_note_id = i.id AND s.ended_at IS NULL), 0)
       - COALESCE((SELECT SUM(w.amount) FROM billing_writeoff w WHERE w.invoice_id = i.id AND w.ended_at IS NULL), 0) AS still
FROM billing_invoice i WHERE i.state = 'posted' AND i.home_id IN {OWN}
"""
_REST = f"""
SELECT p.number, p.amount, p.amount
       - COALESCE((SELECT SUM(a.amount) FROM billing_allocation a WHERE a.payment_id = p.id AND a.ended_at IS NULL), 0)
       + COALESCE((SELECT SUM(r.amount) FROM billing_payment r
                   WHERE r.refunds_id = p.id AND r.credit_note IS NULL AND r.state = 'done'), 0)
       - COALESCE((SELECT SUM(w.amount) FROM billing_writeoff w
                   WHERE w.payment_id = p.id AND w.invoice_id IS NULL AND w.ended_at IS NULL), 0) AS rest
FROM billing_payment p WHERE p.amount > 0 AND p.home_id IN {OWN}
"""

SUMS: tuple[tuple[str, str, str], ...] = (
    (
        "an_order_line_stands_once_on_an_invoice",  # I-21
        "SELECT l.invoice_id, l.order_line_id, COUNT(*) FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id"
        f" WHERE i.home_id IN {OWN} AND l.order_line_id IS NOT NULL GROUP BY l.invoice_id, l.order_line_id HAVING COUNT(*) > 1",
        "order line {0} stands on it {1} times",
    ),
    (
        "one_customer_and_currency_an_invoice",  # I-20
        "SELECT i.id, COUNT(DISTINCT o.customer_id), COUNT(DISTINCT o.currency) FROM billing_invoice i"
        " JOIN billing_invoiceline l ON l.invoice_id = i.id JOIN orders_order o ON o.id = l.order_id"
        f" WHERE i.home_id IN {OWN} GROUP BY i.id"
        " HAVING COUNT(DISTINCT o.customer_id) > 1 OR COUNT(DISTINCT o.currency) > 1",
        "its orders are of {0} customers and in {1} currencies",
    ),
    (
        "no_more_is_allocated_than_came_in",  # I-22
        f"SELECT number, amount, rest FROM ({_REST}) one WHERE rest < 0",
        "{0} came in and {1} is left",
    ),
    (
        "no_more_is_settled_than_was_billed",  # I-23
        f"SELECT number, total, still FROM ({_OPEN}) one"
        " WHERE (total > 0 AND still < 0) OR (total < 0 AND still > 0) OR (total = 0 AND still <> 0)",
        "{0} was billed and {1} is open",
    ),
    (
        "money_is_of_the_currency_of_its_invoice",  # I-24
        "SELECT p.number, p.currency, i.currency FROM billing_allocation a JOIN billing_payment p ON p.id = a.payment_id"
        f" JOIN billing_invoice i ON i.id = a.invoice_id WHERE p.home_id IN {OWN} AND a.ended_at IS NULL AND p.currency <> i.currency",
        "it is in {0} and settles an invoice in {1}",
    ),
    (
        "no_more_goes_back_than_came_in",  # I-26
        "SELECT p.number, p.amount, -SUM(r.amount) FROM billing_payment p JOIN billing_payment r ON r.refunds_id = p.id"
        " WHERE r.state = 'done' GROUP BY p.id, p.number, p.amount HAVING -SUM(r.amount) > p.amount",
        "{0} came in and {1} went back",
    ),
    (
        "shares_make_the_allocation",
        "SELECT p.number, a.amount, COALESCE(SUM(h.amount), 0) FROM billing_allocation a JOIN billing_payment p ON p.id = a.payment_id"
        f" LEFT JOIN billing_paymentshare h ON h.allocation_id = a.id WHERE p.home_id IN {OWN} AND a.ended_at IS NULL"
        " GROUP BY a.id, p.number, a.amount HAVING a.amount <> COALESCE(SUM(h.amount), 0)",
        "{0} is allocated and the orders' shares make {1}",
    ),
    (
        "a_draft_has_no_number",  # I-31
        f"SELECT id, number, state FROM billing_invoice WHERE home_id IN {OWN} AND (state = 'posted') <> (number <> '')",
        "its number is “{0}” and it is {1}",
    ),
)
"""(law, query giving a document and two figures, sentence about them)"""


def numbering() -> Iterator[tuple[str, str]]:
    """I-29, I-30: invoices and credit notes are numbered without a gap, in the order of their days; what breaks that, as (number,
    sentence). A number that another system had before is stepped over and no gap."""
    rows = bulk.select(f"SELECT number, invoice_date FROM billing_invoice WHERE home_id IN {OWN} AND state = 'posted'")
    numbered = sorted((number.rpartition("-")[0], int(number.rpartition("-")[2]), str(day)) for number, day in rows)
    before = ("", 0, "")
    for series, figure, day in numbered:
        if series != before[0]:
            before = (series, 0, "")
        for gap in range(before[1] + 1, figure):
            if not _taken(f"{series}-{gap:05d}"):
                yield f"{series}-{figure:05d}", f"{series}-{gap:05d} is missing before it"
        if day < before[2]:
            yield f"{series}-{figure:05d}", f"it is dated {day}, and the one before {before[2]}"
        before = (series, figure, day)


def _taken(number: str) -> bool:
    return bool(bulk.select("SELECT 1 FROM records_number WHERE kind = 'invoice' AND key = %s", [number_key(number)]))
