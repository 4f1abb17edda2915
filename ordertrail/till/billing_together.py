"""What of some orders can be billed on one invoice, and what a draft of it would come to, with each order's share to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.billing.models import Invoice, InvoiceLine, InvoiceShare
from ordertrail.billing.queries import Bill, tied
from ordertrail.desk.invoicing import Basis, OrderHead, check_billable, goods
from ordertrail.desk.propose_invoices import called, differing
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, qty_text
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderLine
from ordertrail.orders.standing import LineStanding
from ordertrail.till.scope import BY_ID, at, order_names
from ordertrail.till.together import Group, Left, Named, Together, Told, by_key, rows_of, with_orders
from ordertrail.till.typed import day

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """An order's part of an invoice."""

    order: Named
    net: Decimal
    gross: Decimal

    @property
    def tax(self) -> Decimal:
        """Its part of the tax."""
        return self.gross - self.net


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice as it would be, or is: its totals, and each order's share, which add up to them."""

    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    shares: tuple[Share, ...]
    taken_off: Decimal
    deposits: Decimal


def told_of(invoice: int) -> Billed:
    """What an invoice comes to."""
    row = Invoice.objects.get(pk=invoice)
    nets: dict[int, Decimal] = {}
    off = ZERO
    for order, net, gross, kind in InvoiceLine.objects.filter(invoice=invoice).values_list(
        "order", "net", "gross", "kind"
    ):
        nets[order or 0] = nets.get(order or 0, ZERO) + net
        off += gross if kind == "deduction" else ZERO
    shares = list(InvoiceShare.objects.filter(invoice=invoice).order_by("pk"))
    names = order_names(share.order_id or 0 for share in shares)
    parts = tuple(
        Share(
            Named(share.order_id or 0, names.get(share.order_id or 0, "–")),
            nets.get(share.order_id or 0, ZERO),
            share.gross,
        )
        for share in shares
    )
    held = sum(rest for listed in tied([one.order.id for one in parts], row.currency).values() for _pay, rest in listed)
    return Billed(row.currency, row.net, row.tax, row.total, parts, off, from_units(held, MONEY_SCALE))


def together(orders: Sequence[int], told: Told) -> Together:
    """The page's content: the first order's key decides what goes along."""
    basis = Basis.of(orders)
    heads = {order: basis.orders[order] for order in orders}
    ready = {order: head.frame for order, head in heads.items() if _open(basis, order)}
    alike = by_key(ready)
    first = alike[0] if alike else []
    groups = tuple(
        Group(
            Named(order, heads[order].number),
            tuple(
                rows_of(
                    [(line, line.to_invoice) for line in _open(basis, order)],
                    told,
                    lambda line, qty: _amount(basis, line, qty),
                )
            ),
        )
        for order in first
    )
    agreed = _agreed(heads[first[0]]) if first else ()
    left = [one for order in orders for one in _left(basis, order, first, alike)]
    return Together(tuple(orders), agreed, groups, tuple(left))


def _open(basis: Basis, order: int) -> list[LineStanding]:
    if _refused(basis.orders[order]) is not None or basis.billed.get(order, Bill()).by_money:
        return []
    return [line for line in basis.lines[order] if line.to_invoice > 0]


def _refused(head: OrderHead) -> Refused | None:
    try:
        check_billable(head)
    except Refused as refused:
        return refused
    return None


def _amount(basis: Basis, line: LineStanding, qty: int) -> Decimal:
    return from_units(goods(line, qty, basis.orders[line.order].frame.digits).amount, MONEY_SCALE)


def _agreed(head: OrderHead) -> tuple[tuple[str, str], ...]:
    frame = head.frame
    return (
        (_("Customer"), frame.customer_name or "–"),
        (_("Invoice address"), frame.invoice_address or "–"),
        (_("Currency"), frame.currency),
        (_("Prices include tax"), _("yes") if frame.include_tax else _("no")),
    )


def _left(basis: Basis, order: int, first: Sequence[int], alike: Sequence[Sequence[int]]) -> Iterator[Left]:
    """What of an order does not go along."""
    head = basis.orders[order]
    named = Named(order, head.number)
    refused = _refused(head)
    if refused is not None:
        yield Left(named, None, "", None, _("Not to be billed now"), refused.detail, _("To the order"), named.href)
        return
    if basis.billed.get(order, Bill()).by_money:
        way = f"{with_orders('till:new_invoice', [order])}#by-amount"
        yield Left(named, None, "", None, _("Billed by amount"), _("not by quantities"), _("Bill an amount"), way)
        return
    names = dict(OrderLine.objects.filter(order=order).values_list("pk", "name"))
    drafts = _drafts(order)
    for line in basis.lines[order]:
        name = names.get(line.id) or line.sku
        if line.to_invoice > 0 and order not in first:
            yield _differs(basis, line, name, first, next(group for group in alike if order in group))
        if line.id in drafts:
            invoice, qty = drafts[line.id]
            detail = _("%(qty)s on draft %(draft)s") % {"qty": qty_text(line.on_invoices), "draft": f"{BY_ID}{invoice}"}
            href = at("track:invoice", invoice)
            yield Left(named, line.line, name, qty, _("On a draft already"), detail, _("To the draft"), href)
        waits = line.wanted - line.shipped
        if not (line.service or line.by_order) and waits > 0 and line.to_invoice <= 0 and line.id not in drafts:
            detail = _("billed as shipped; shipped %(done)s of %(all)s") % {
                "done": qty_text(line.shipped),
                "all": qty_text(line.wanted),
            }
            way = with_orders("till:new_shipment", [order])
            yield Left(named, line.line, name, ZERO, _("Not shipped yet"), detail, _("Ship it"), way)


def _differs(basis: Basis, line: LineStanding, name: str, first: Sequence[int], own: Sequence[int]) -> Left:
    mine, other = basis.orders[line.order], basis.orders[first[0]]
    field = differing([other.frame, mine.frame]) or "company"
    values = (_value(mine, field), _value(other, field))
    why = _("%(field)s differs") % {"field": called(field)}
    qty = from_units(line.to_invoice, QTY_SCALE)
    href = with_orders("till:new_invoice", own)
    return Left(
        Named(line.order, mine.number),
        line.line,
        name,
        qty,
        why,
        " ≠ ".join(values),
        _("An invoice of its own"),
        href,
        apart=True,
    )


def _value(head: OrderHead, field: str) -> str:
    frame = head.frame
    told = {
        "customer": frame.customer_name,
        "invoice_address": frame.invoice_address,
        "currency": frame.currency,
        "prices_include_tax": _("yes") if frame.include_tax else _("no"),
    }
    return told.get(field, str(frame.company)) or "–"


def _drafts(order: int) -> dict[int, tuple[int, Decimal]]:
    """The draft on which each line of an order stands, and how much of it, by line id."""
    rows = InvoiceLine.objects.filter(order=order, invoice__state="draft").exclude(qty=None).exclude(order_line=None)
    return {line: (invoice, qty or ZERO) for line, invoice, qty in rows.values_list("order_line", "invoice", "qty")}


@dataclass(frozen=True, slots=True)
class Money:
    """What of one order may be billed by amount, now and ahead; gross."""

    order: Named
    currency: str
    now: Decimal
    ahead: Decimal


def by_amount(orders: Sequence[int]) -> Money | None:
    """How one order may be billed by amount; None for several, and for one that is not billed now."""
    if len(orders) != 1:
        return None
    basis = Basis.of(orders)
    head: OrderHead = basis.orders[orders[0]]
    if _refused(head) is not None:
        return None
    now, ahead = (
        from_units(max(units, 0), MONEY_SCALE) for units in (basis.may_bill(head.id), basis.may_advance(head.id))
    )
    return Money(Named(head.id, head.number), head.frame.currency, now, ahead)


def dates(form: Mapping[str, str]) -> tuple[date | None, date | None]:
    """The invoice's day and the day that it is due on, as typed."""
    return day(form.get("date", ""), _("Invoice date")), day(form.get("due_date", ""), _("Due on"))
