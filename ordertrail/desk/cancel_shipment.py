"""Cancel a shipment: of a draft each order waits for a choice; the goods of a done one come back at their cost, and its lines are open
again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from ordertrail.billing.queries import bills
from ordertrail.desk.close import cut_rest
from ordertrail.desk.held import Held, hold_shipment
from ordertrail.desk.lowering import settle
from ordertrail.desk.quantity import plain
from ordertrail.desk.step import Step, step
from ordertrail.lib.refused import Refused
from ordertrail.orders.exceptions import SHIPMENT_CANCELLED, raise_exception
from ordertrail.orders.pricing import gross_of
from ordertrail.orders.states import CLOSED
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.own import Draft
from ordertrail.stock.actions import unship


def cancel_shipment(*, by: Person, shipment: int, day: date | None = None) -> int:
    """Cancel a shipment of our own; returns its id.

    Refused("already_cancelled"), ("has_invoices") as far as posted invoices need what went out, ("over_return") where something of it
    has come back by a return.
    """
    when = day_of(day)
    with step(by, "cancel_shipment") as s:
        draft, held = hold_shipment(shipment)
        if draft.state == "cancelled":
            sentence = _("Shipment %(shipment)s is cancelled already.")
            raise Refused("already_cancelled", sentence % {"shipment": draft.name})
        if draft.direction == "in":
            sentence = _("%(shipment)s is a return: ship the goods again by a new order instead.")
            raise Refused("is_return", sentence % {"shipment": draft.name})
        s.touch("order", *held.orders)
        s.act("shipment", shipment)
        if draft.state == "draft":
            _put_down(draft)
        else:
            _take_back(s, draft, held, when)
    return shipment


def _put_down(draft: Draft) -> None:
    """A draft: each of its orders waits for a choice, and keeps what is reserved until then."""
    own.cancelled(draft.id, None)
    by_order: dict[int, dict[int, int]] = {}
    for row in draft.lines:
        if row.order is not None and row.order_line is not None:
            by_order.setdefault(row.order, {})[row.order_line] = row.qty
    for order, quantities in sorted(by_order.items()):
        raise_exception(order, SHIPMENT_CANCELLED, draft.id, quantities)


def _take_back(s: Step, draft: Draft, held: Held, when: date) -> None:
    """A done one: its goods come back into stock, and are reserved again for the same lines first."""
    gone = {row.order_line: row.qty for row in draft.lines if row.order_line is not None}
    _check_returns(draft)
    _check_invoices(held, gone)
    own.cancelled(draft.id, when)
    products = unship([row.id for row in draft.lines], day=when, by=s.by)
    for order, head in held.orders.items():
        if head.state == CLOSED:  # what closing left open is nothing: now it takes what is open again
            back = [replace(line, shipped=line.shipped - gone.get(line.id, 0)) for line in held.of(order)]
            cut_rest(back, s.by)
    settle(s, held.orders, "released", products)


def _check_returns(draft: Draft) -> None:
    if own.came_back([row.id for row in draft.lines]):
        sentence = _("Goods of shipment %(shipment)s have come back by a return. Take back the rest by another return.")
        raise Refused("over_return", sentence % {"shipment": draft.name})


def _check_invoices(held: Held, gone: Mapping[int, int]) -> None:
    """Refused("has_invoices") where what is billed would not be out any more: by quantity, or by money."""
    told, by_line = bills(held.orders), settings.COMPANY.taxes_by_line
    for order, head in held.orders.items():
        lines = [replace(line, shipped=line.shipped - gone.get(line.id, 0)) for line in held.of(order)]
        for line in lines:
            if line.id in gone and line.invoiced > max(line.base, 0):
                sentence = _(
                    "%(qty)s of %(order)s/%(line)s are billed, and the invoice needs them to be out. Credit it first."
                )
                words = {"qty": plain(line.invoiced), "order": head.name, "line": line.line}
                raise Refused("has_invoices", sentence % words)
        bases = {line.id: max(line.base, 0) for line in lines}
        billed = told[order].posted - sum(part.gross for part in told[order].advances.values())
        worth = gross_of(lines, bases, head.digits, include_tax=head.include_tax, by_line=by_line)
        if told[order].by_money and billed > worth:
            sentence = _("Order %(order)s is billed by amount for more than would be out. Credit the invoice first.")
            raise Refused("has_invoices", sentence % {"order": head.name})
