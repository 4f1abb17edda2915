"""What follows for draft invoices when an order, or what was delivered of it, becomes less: their lines are lowered to what may
still be billed, the newest draft first, and take the product and price that the order has now (api.md §5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice, InvoiceLine
from ordertrail.desk.invoicing import BILLABLE, Basis, by_money, frame_of, paper_of, redrawn, write
from ordertrail.desk.step import Step, hold
from ordertrail.lib import bulk
from ordertrail.records.own import OWN


def lower_invoices(s: Step, orders: Collection[int]) -> None:
    """Lower the draft invoices of these orders to what may still be billed; a draft with nothing left is gone. Nothing is raised."""
    asked = set(orders)
    hold("invoice", _drafts(asked))
    drafts = {row.pk: row for row in Invoice.objects.filter(pk__in=_drafts(asked))}
    if not drafts:
        return
    lines = own.lines_of(sorted(drafts, reverse=True))
    every = asked | {line.order for listed in lines.values() for line in listed}
    quantities = _lowered(lines, Basis.of(every), asked)
    for invoice in sorted(drafts, reverse=True):
        basis = Basis.of(every, but=invoice)
        frame = frame_of(drafts[invoice])
        kept = redrawn(basis, frame, lines[invoice], quantities[invoice])
        write(s, invoice, basis, frame, _money_lowered(basis, kept, asked), paper_of(drafts[invoice]))
        s.touch("order", *{line.order for line in lines[invoice]})
        s.act("invoice", invoice, lowered=True)


def _drafts(orders: Collection[int]) -> list[int]:
    rows = bulk.select(
        f"SELECT DISTINCT i.id FROM {bulk.table(InvoiceLine)} l JOIN {bulk.table(Invoice)} i ON i.id = l.invoice_id"
        f" WHERE l.order_id IN {bulk.among()} AND i.state = 'draft' AND i.home_id IN {OWN}",
        [bulk.bound(orders)],
    )
    return [row[0] for row in rows]


def _lowered(lines: Mapping[int, list[Line]], basis: Basis, asked: set[int]) -> dict[int, dict[int, int]]:
    """The quantity by line of each draft (given the newest first) that is more than what may still be billed: what it is lowered to."""
    drafted: dict[int, int] = defaultdict(int)
    for listed in lines.values():
        for line in listed:
            if line.order_line and line.qty:
                drafted[line.order_line] += line.qty
    known = basis.by_id()
    found: dict[int, dict[int, int]] = {invoice: {} for invoice in lines}
    for invoice, listed in lines.items():
        for line in listed:
            if line.order not in asked or not line.order_line or not line.qty:
                continue
            told = known[line.order_line]
            allowed = max(told.base - told.invoiced, 0) if basis.orders[line.order].state in BILLABLE else 0
            over = min(max(drafted[line.order_line] - allowed, 0), line.qty)
            if over:
                found[invoice][line.line] = line.qty - over
                drafted[line.order_line] -= over
    return found


def _money_lowered(basis: Basis, lines: list[Line], asked: set[int]) -> list[Line]:
    """What a draft bills of these orders by money, lowered to what may be billed so beside everything else."""
    kept = [line for line in lines if line.kind not in ("amount", "advance") or line.order not in asked]
    found = list(kept)
    for order in sorted({line.order for line in lines} & asked):
        for kind in ("amount", "advance"):
            gross = sum(line.told.gross for line in lines if line.order == order and line.kind == kind and line.told)
            if not gross:
                continue
            most = basis.may_advance(order) if kind == "advance" else basis.may_bill(order)
            if basis.orders[order].state not in BILLABLE:
                most = 0
            if gross <= most:
                found += [line for line in lines if line.order == order and line.kind == kind]
            elif most > 0:
                found += by_money(basis, order, most, kind)
    return found
