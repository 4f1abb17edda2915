"""Cancel an invoice: a draft is gone; what a posted one billed is taken back by a counter-document and waits for somebody's choice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing import own
from ordertrail.billing.amounts import Line
from ordertrail.billing.models import Invoice, InvoiceLine, WriteOff
from ordertrail.billing.own import Paper
from ordertrail.billing.queries import bills, opens, orders_on
from ordertrail.desk.credit import left_of
from ordertrail.desk.invoicing import BILLABLE, Basis, amount_text, by_money, frame_of, goods, new_draft
from ordertrail.desk.lower_invoices import lower_invoices
from ordertrail.desk.posting import credit_note, set_against
from ordertrail.desk.step import Step, hold, step
from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import QTY_SCALE, piece_units, to_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.exceptions import INVOICE_CANCELLED, raise_exception
from ordertrail.orders.models import OrderException
from ordertrail.orders.rules import LineAmounts
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person


def cancel_invoice(by: Person | None, invoice: int, day: date | None = None) -> int | None:
    """Cancel an invoice; the id of the counter-document where it was posted.

    Refused("already_cancelled"), ("not_an_invoice") for a credit note, ("has_payments") while payments are allocated to it,
    ("has_invoices") for an advance that was taken off another invoice, ("date_order").
    """
    with step(by, "cancel_invoice") as s:
        orders = orders_on([invoice])
        hold("order", orders)
        hold("invoice", [invoice])
        row = Invoice.objects.get(pk=invoice)
        _check(row)
        s.touch("order", *orders)
        if row.state == "draft":
            Invoice.objects.filter(pk=invoice).update(state="cancelled")
            s.act("invoice", invoice)
            return None
        _check_payments(row)
        return _counter(s, row, day_of(day))


def _check(row: Invoice) -> None:
    words = {"invoice": row.number or row.pk}
    if row.state == "cancelled" or row.cancelled_at is not None:
        raise Refused("already_cancelled", _("%(invoice)s is cancelled already; nothing was changed.") % words)
    if row.type == "credit_note":
        raise Refused(
            "not_an_invoice", _("%(invoice)s is a credit note and stays; bill the goods again instead.") % words
        )


def _check_payments(row: Invoice) -> None:
    paid = sum(part.paid for part in opens([row.pk])[row.pk].values())
    if paid:
        sentence = _(
            "%(paid)s are allocated to %(invoice)s. Take that back first (unallocate), or issue a credit note."
        )
        raise Refused("has_payments", sentence % {"paid": amount_text(paid, row.currency), "invoice": row.number})


def _counter(s: Step, row: Invoice, day: date) -> int:
    """The counter-document over what is left of a posted invoice, and the exceptions that its orders wait in."""
    orders = orders_on([row.pk])
    taken = _rest(row)
    if not taken:
        sentence = _("All of %(invoice)s is credited already; there is nothing left to cancel.")
        raise Refused("over_credit", sentence % {"invoice": row.number})
    now = clock.now()
    WriteOff.objects.filter(invoice=row.pk, ended_at=None).update(ended_at=now)
    rate = None if row.rate is None else to_units(row.rate, QTY_SCALE)
    note = credit_note(s, Basis.of(orders), frame_of(row), taken, day, counters=row.pk, rate=rate)
    Invoice.objects.filter(pk=row.pk).update(cancelled_at=now)
    set_against(s, note, [row.pk])
    quantities: dict[int, dict[int, int]] = {order: {} for order in orders}
    for line in taken:
        if line.order_line and line.qty:
            quantities[line.order][line.order_line] = -line.qty
    for order, waiting in sorted(quantities.items()):
        raise_exception(order, INVOICE_CANCELLED, row.pk, waiting)
    s.act("invoice", row.pk, counter_document=note)
    _without_advance(s, row, orders)
    return note


def _without_advance(s: Step, row: Invoice, orders: Collection[int]) -> None:
    """Draft invoices take no more off than is left of the advances. Refused("has_invoices") where a posted one has taken it off."""
    s.settle_now()
    lower_invoices(s, orders)
    for bill in bills(orders).values():
        if sum(told.gross for told in bill.advances.values()) < 0:
            sentence = _("What %(invoice)s billed in advance was taken off a later invoice. Cancel that one first.")
            raise Refused("has_invoices", sentence % {"invoice": row.number})


def _rest(row: Invoice) -> list[Line]:
    """What is left of an invoice's lines after what was credited of them, taken back to the cent."""
    lines = own.lines_of([row.pk])[row.pk]
    left = left_of({line.order_line for line in lines if line.order_line})
    credited = _credited(row.pk * LINES + line.line for line in lines)
    found = []
    for line in lines:
        key = row.pk * LINES + line.line
        named, amounts = credited.get(key, (0, LineAmounts(0, 0, 0)))
        net, tax = (one + other for one, other in zip((line.told or amounts)[:2], amounts[:2], strict=True))
        qty = None
        if line.qty is not None:
            qty = left.get(key, 0)
            if not qty:
                continue
            net, tax = (piece_units(one, qty, line.qty + named, row.digits) for one in (net, tax))
        back = LineAmounts(-net, -tax, -net - tax)
        found.append(Line(
            line.order, line.order_line, line.sku, None if qty is None else -qty, line.rate, -net, line.kind, back, line.line, key,
        ))  # fmt: skip
    return found


def _credited(keys: Iterable[int]) -> dict[int, tuple[int, LineAmounts]]:
    """What credit notes have taken back by name of these invoice lines: quantity and amounts, negative."""
    rows = bulk.select(
        f"SELECT l.credits, SUM(l.qty), SUM(l.net), SUM(l.tax), SUM(l.gross) FROM {bulk.table(InvoiceLine)} l"
        f" JOIN {bulk.table(Invoice)} i ON i.id = l.invoice_id"
        f" WHERE i.state = 'posted' AND l.credits IN {bulk.among()} GROUP BY l.credits",
        [bulk.bound(set(keys))],
    )
    return {row[0]: (int(row[1] or 0), LineAmounts(*map(int, row[2:]))) for row in rows}


def recreate(s: Step, exception: OrderException) -> int | None:
    """The draft that bills again what an order's cancelled invoice billed, as far as that may be billed now; None where nothing may."""
    order, row = exception.order_id, Invoice.objects.get(pk=exception.document)
    basis = Basis.of([order])
    head = basis.orders[order]
    if head.state not in BILLABLE:
        return None
    lines = _goods_again(basis, exception) if row.type != "advance" else []
    for kind, most in (("amount", basis.may_bill), ("advance", basis.may_advance)):
        gross = sum(
            line.told.gross
            for line in own.lines_of([row.pk])[row.pk]
            if line.kind == kind and line.order == order and line.told
        )
        if gross and (amount := min(gross, most(order))) > 0:
            lines += by_money(basis, order, amount, kind)
    if not lines:
        return None
    return new_draft(s, basis, head.frame, lines, Paper(row.type, blocks_shipping=row.blocks_shipping))


def _goods_again(basis: Basis, exception: OrderException) -> list[Line]:
    by_id = basis.by_id()
    found = []
    for line, qty in exception.lines.order_by("line").values_list("line", "qty"):
        told = by_id[line]
        again = min(to_units(qty, QTY_SCALE), told.to_invoice)
        if again > 0:
            found.append(goods(told, again, basis.orders[told.order].frame.digits))
    return found
