"""Cancel an order: nothing of it is wanted any more. What is out or billed must come back first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from ordertrail.billing.models import InvoiceShare
from ordertrail.desk.held import hold_orders
from ordertrail.desk.lowering import release_all, settle
from ordertrail.desk.quantity import plain
from ordertrail.desk.step import step
from ordertrail.lib.refused import Refused
from ordertrail.orders.exceptions import CLOSED, INVOICE_CANCELLED, SHIPMENT_CANCELLED, bill_again, cut, overtake
from ordertrail.orders.own import Head, mark, may
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person


def cancel(*, by: Person, order: int, day: date | None = None) -> int:
    """Cancel an order; returns its id. Refused("has_shipments"), ("has_invoices") while something shipped or posted stands."""
    day_of(day)
    with step(by, "cancel") as s:
        held = hold_orders([order])
        head, lines = held.orders[order], held.of(order)
        state = may("cancel", head)
        _check(head, lines)
        mark(order, state)
        bill_again([order])
        cut({line.id: _rest(line) for line in lines}, CLOSED, by.pk)
        overtake([order], [SHIPMENT_CANCELLED, INVOICE_CANCELLED])
        release_all(held.lines, "released")
        s.act("order", order)
        settle(s, [order], "released")
    return order


def _check(head: Head, lines: Iterable[LineStanding]) -> None:
    listed = list(lines)
    out = next((line for line in listed if line.shipped > line.returned), None)
    if out is not None:
        sentence = _("%(qty)s of %(order)s/%(line)s have been shipped. Close the rest, or take the goods back first.")
        words = {"qty": plain(out.shipped - out.returned), "order": head.name, "line": out.line}
        raise Refused("has_shipments", sentence % words)
    billed = InvoiceShare.objects.filter(order=head.id, counts=True).aggregate(gross=Sum("gross"))["gross"]
    if billed or any(line.invoiced for line in listed):
        sentence = _("Posted invoices stand for order %(order)s. Cancel or credit them first, or close the order.")
        raise Refused("has_invoices", sentence % {"order": head.name})


def _rest(line: LineStanding) -> int:
    """What to take off so that nothing is expected of the line any more, whatever went out and came back before."""
    gone = line.returned_credited if line.by_order or line.service else line.shipped
    return max(line.wanted - gone, 0)
