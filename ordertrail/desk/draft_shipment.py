"""Draft a shipment of chosen pieces: quantities of the lines of one or many orders that go to one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.desk.held import Held, hold_orders
from ordertrail.desk.quantity import plain
from ordertrail.desk.step import step
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused
from ordertrail.orders.own import Head
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.states import after
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.own import Piece, To
from ordertrail.shipping.rules import Key, differing, most_now, why_not

Wanted = Sequence[tuple[int, int, int]]
"""(order, line number, quantity in units), as they were named."""


def draft_shipment(*, by: Person, lines: Wanted, day: date | None = None) -> int:
    """Draft one shipment of these pieces, planned for ``day``; returns its id.

    Refused("not_confirmed"), ("cannot_merge") with the field, ("on_draft"), ("over_delivery"), ("unknown_line").
    """
    with step(by, "draft_shipment") as s:
        held = hold_orders({order for order, _line, _qty in lines})
        for head in held.orders.values():
            after("ship", head.state, head.name)
        check_merge(held.orders.values())
        wanted = by_line_id(held, lines)
        for line, qty in wanted.items():
            check(held, held.lines[line], qty)
        first = held.orders[lines[0][0]]
        made = own.draft(where(first), pieces_of(held, wanted), s.standing("goods"), day)
        s.touch("order", *held.orders)
        s.act("shipment", made)
    return made


def key_of(head: Head) -> Key:
    """What must agree for the order's goods to travel with others."""
    return Key(head.whose, head.address)


def where(head: Head) -> To:
    """Where an order's goods go."""
    return To(head.customer, head.customer_name, head.ship_to)


def check_merge(orders: Iterable[Head]) -> None:
    """Refused("cannot_merge") with the field where these orders' goods cannot travel together."""
    heads = list(orders)
    field = differing(key_of(head) for head in heads)
    if field is None:
        return
    one = heads[0]
    other = next(head for head in heads if getattr(key_of(head), field) != getattr(key_of(one), field))
    words = {"one": one.name, "other": other.name}
    sentence = (
        _("Orders %(one)s and %(other)s are of two customers. Make two shipments.")
        if field == "customer"
        else _("Orders %(one)s and %(other)s go to two delivery addresses. Make two shipments.")
    )
    detail = sentence % words
    raise Refused("cannot_merge", detail, [{"path": field, "code": "cannot_merge", "detail": detail}])


def by_line_id(held: Held, lines: Wanted) -> dict[int, int]:
    """Quantities by line id, what was named twice added up. Refused("unknown_line") with the path."""
    found: dict[int, int] = {}
    for place, (order, number, qty) in enumerate(lines):
        line = order * LINES + number
        if line not in held.lines:
            name = held.orders[order].name if order in held.orders else f"~{order}"
            detail = _("Order %(order)s has no line %(line)s.") % {"order": name, "line": number}
            path = f"lines.{place}.line"
            raise Refused("unknown_line", detail, [{"path": path, "code": "unknown_line", "detail": detail}])
        found[line] = found.get(line, 0) + qty
    return found


def check(held: Held, line: LineStanding, qty: int, here: int = 0) -> None:
    """Refused("on_draft") or ("over_delivery") where so much of a line may not go on a draft that holds ``here`` of it."""
    code = why_not(line, qty, here)
    if code is None:
        return
    words = {
        "order": held.orders[line.order].name, "line": line.line, "asked": plain(qty), "left": plain(line.to_ship),
        "most": plain(most_now(line, here)), "drafted": plain(line.on_shipments - here),
    }  # fmt: skip
    if line.service:
        sentence = _("Line %(order)s/%(line)s is a service: it is billed, and never shipped.")
    elif code == "on_draft":
        sentence = _(
            "Line %(order)s/%(line)s has %(drafted)s on drafts already, so at most %(most)s more; %(asked)s was asked for."
            " Lower or ship that draft first."
        )
    else:
        sentence = _(
            "Line %(order)s/%(line)s has %(left)s left to ship, at most %(most)s with its tolerance; %(asked)s was asked for."
            " Amend the order to send more."
        )
    raise Refused(code, sentence % words)


def pieces_of(held: Held, wanted: Mapping[int, int]) -> list[Piece]:
    """These quantities, by line id, as lines of a shipment."""
    return [
        Piece(line.order, line.id, held.orders[line.order].number, line.sku, qty)
        for line, qty in ((held.lines[line], qty) for line, qty in wanted.items())
    ]
