"""Reserve, and give up what is reserved: stock is held for an order line by a person's word."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.desk.queue import serve
from ordertrail.desk.standing import standings
from ordertrail.desk.step import hold, step
from ordertrail.lib.money import QTY_SCALE, from_units, qty_text
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderState, Terms
from ordertrail.orders.standing import LineStanding
from ordertrail.parties.models import Person
from ordertrail.stock import actions as stock
from ordertrail.stock.models import Reservation, ReservationEnd
from ordertrail.stock.queries import free


def reserve(by: Person, order: int, line: int, qty: int) -> int:
    """Hold ``qty`` (10⁻⁶) of free stock for line number ``line`` of a confirmed order of our own. Returns the reservation's id.

    Refused("unknown_line"), ("lives_elsewhere"), ("not_confirmed"), ("over_reserved") beyond what is left to ship, ("short_stock").
    """
    with step(by, "reserve") as s:
        hold("order", [order])
        row = Order.objects.get(pk=order)
        found = next((one for one in standings([order])[order] if one.line == line), None)
        if found is None or found.product is None:
            sentence = _("Order %(order)s has no line %(line)s of a product. Name one of its lines.")
            raise _of_line("unknown_line", sentence % {"order": row.number or order, "line": line})
        hold("product", [found.product])
        _check(row, found, qty)
        made = stock.reserve(found.id, order, found.product, found.product, qty, by)
        s.act("order", order, line=line, qty=str(from_units(qty, QTY_SCALE)))
    return made


def unreserve(by: Person, reservation: int) -> None:
    """Give up what a reservation holds; whoever waits for it gets it. Refused("not_held") where it holds nothing any more."""
    with step(by, "unreserve") as s:
        row = Reservation.objects.get(pk=reservation)
        hold("order", [row.order])
        hold("product", [row.product_id])
        row.refresh_from_db()
        if row.ended_at is not None:
            sentence = _(
                "Reservation %(id)s holds nothing any more (%(why)s). Read the order for what is held for it now."
            )
            raise Refused("not_held", sentence % {"id": reservation, "why": ReservationEnd(row.ended_by).label})
        stock.end(row.pk, "released")
        s.act("order", row.order, reservation=reservation)
        serve(s, [row.product_id])


def _check(order: Order, line: LineStanding, qty: int) -> None:
    words = {"order": order.number or order.pk, "line": line.line, "asked": qty_text(qty)}
    if not Terms.objects.filter(pk=order.pk).exists():
        raise Refused("lives_elsewhere", _("Order %(order)s lives in another system. Reserve its goods there.") % words)
    if order.state != OrderState.CONFIRMED:
        sentence = _("Order %(order)s is %(state)s. Only a confirmed order holds stock; confirm it first.")
        raise Refused("not_confirmed", sentence % {**words, "state": OrderState(order.state).label})
    if qty > line.to_reserve:
        sentence = _(
            "Line %(order)s/%(line)s has %(left)s left to reserve; %(asked)s was asked for. Ask for at most that."
        )
        raise _of_line("over_reserved", sentence % {**words, "left": qty_text(line.to_reserve)})
    there = free([line.product or 0])[line.product or 0]
    if qty > there:
        sentence = _(
            "Of %(sku)s %(free)s is free; %(asked)s was asked for line %(order)s/%(line)s. Reserve less, or receive goods first."
        )
        raise _of_line("short_stock", sentence % {**words, "sku": line.sku, "free": qty_text(there)})


def _of_line(code: str, sentence: str) -> Refused:
    path = "line" if code == "unknown_line" else "qty"
    return Refused(code, sentence, [{"path": path, "code": code, "detail": sentence}])
