"""What credit notes of other systems take off the invoices of their own orders, as everything stands now.

Of our own each part is a row that was fixed when the credit note was posted (``Setoff``): invoices that were posted here are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ordertrail.billing.models import Invoice, InvoiceShare, PaymentShare
from ordertrail.lib import bulk
from ordertrail.records.models import SourceDocument


@dataclass(frozen=True, slots=True)
class Paper:
    """An order's part of an invoice or (``open`` below zero) of a credit note, less what is paid on it. ``named``: the credit note
    says which invoice it credits; ``credits`` is that one, None where nobody knows it."""

    invoice: int
    open: int
    named: bool = False
    credits: int | None = None


def credited(papers: Iterable[Paper]) -> dict[int, int]:
    """What of one order's papers is credited, by invoice, and (below zero) which part of each credit note that used. ``papers`` stand
    in order: oldest due first. A credit note takes off the invoice that it names, up to what is open there; one that names none takes
    off the oldest that are open. What is left is the customer's credit (domain.md §1.10, money).

    >>> credited([Paper(1, 452), Paper(2, 100), Paper(3, -500)])
    {1: 452, 3: -500, 2: 48}
    >>> credited([Paper(1, 452), Paper(2, 100), Paper(3, -500, True, 2)]), credited([Paper(1, 452), Paper(3, -500, True)])
    ({2: 100, 3: -100}, {})
    """
    every = list(papers)
    left = {paper.invoice: paper.open for paper in every if paper.open > 0}
    found: dict[int, int] = defaultdict(int)
    for note in sorted((paper for paper in every if paper.open < 0), key=lambda paper: not paper.named):
        rest = -note.open
        for invoice in [note.credits] if note.named else list(left):
            if invoice is not None and (taken := min(rest, left.get(invoice, 0))):
                left[invoice] -= taken
                rest -= taken
                found[invoice] += taken
                found[note.invoice] -= taken
    return dict(found)


def credited_of(orders: Collection[int]) -> dict[tuple[int, int], int]:
    """By (invoice, order) what is credited, of what counts for these orders; for credit notes what of them is used, below zero."""
    return {(invoice, order): part for order, of in _papers(orders).items() for invoice, part in credited(of).items()}


def oldest_open(orders: Collection[int]) -> dict[int, dict[int, int]]:
    """By order what is open of each of its invoices that count, oldest due first."""
    found: dict[int, dict[int, int]] = {}
    for order, papers in _papers(orders).items():
        taken = credited(papers)
        opens = {paper.invoice: paper.open - taken.get(paper.invoice, 0) for paper in papers if paper.open > 0}
        found[order] = {invoice: part for invoice, part in opens.items() if part > 0}
    return found


def _papers(orders: Collection[int]) -> dict[int, list[Paper]]:
    rows: Sequence[tuple[Any, ...]] = bulk.select(
        "SELECT s.order_id, s.due_date, i.number, d.ref, i.id, s.gross, i.credits_key, i.credits_id,"
        f" (SELECT COALESCE(SUM(p.amount), 0) FROM {bulk.table(PaymentShare)} p"
        " WHERE p.order_id = s.order_id AND p.invoice_id = i.id AND p.counts)"
        f" FROM {bulk.table(InvoiceShare)} s JOIN {bulk.table(Invoice)} i ON i.id = s.invoice_id"
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = i.id WHERE s.counts AND s.order_id IN {bulk.among()} AND i.posted_at IS NULL",
        [bulk.bound(set(orders))],
    )
    papers: dict[int, list[Paper]] = defaultdict(list)
    for order, _, _, _, invoice, gross, key, target, paid in sorted(
        rows, key=lambda r: (r[0], str(r[1] or ""), *r[2:4])
    ):
        papers[order].append(Paper(invoice, gross - int(paid), bool(key), target))
    return papers


def bound_by_credits(invoices: Collection[int]) -> set[int]:
    """These invoices, and those that share an order with one of them for which there is a credit note, and so on: what is open on one
    depends on the others."""
    share, found, edge = bulk.table(InvoiceShare), set(invoices), set(invoices)
    while edge:
        rows = bulk.select(
            f"SELECT DISTINCT t.invoice_id FROM {share} s JOIN {share} t ON t.order_id = s.order_id"
            f" WHERE s.invoice_id IN {bulk.among()} AND {_CREDITED}",
            [bulk.bound(edge)],
        )
        edge = {row[0] for row in rows} - found
        found |= edge
    return found


def of_credited(orders: Collection[int]) -> set[int]:
    """The invoices of those of these orders for which there is a credit note."""
    if not orders:
        return set()
    sql = f"SELECT DISTINCT s.invoice_id FROM {bulk.table(InvoiceShare)} s WHERE s.order_id IN {bulk.among()} AND {_CREDITED}"
    return {row[0] for row in bulk.select(sql, [bulk.bound(orders)])}


_CREDITED = (
    f"EXISTS (SELECT 1 FROM {InvoiceShare._meta.db_table} c JOIN {Invoice._meta.db_table} n ON n.id = c.invoice_id"
    " WHERE c.order_id = s.order_id AND n.type = 'credit_note')"
)
