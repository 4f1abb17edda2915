"""Return goods: what a customer sends back comes into stock at the cost at which it went, and is credited as far as it was billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.desk.credit import credit_return
from ordertrail.desk.draft_shipment import where
from ordertrail.desk.held import Held, hold_orders
from ordertrail.desk.lower_invoices import lower_invoices
from ordertrail.desk.lowering import free
from ordertrail.desk.quantity import plain
from ordertrail.desk.standing import by_line
from ordertrail.desk.step import Step, step
from ordertrail.lib.ids import LINES
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.own import Piece
from ordertrail.shipping.rules import undone
from ordertrail.stock.actions import Back, take_back
from ordertrail.stock.models import Move

Wanted = Sequence[tuple[int, int, int, int | None]]
"""(order, line number, quantity in units, the shipment it came with or None)."""


def return_goods(*, by: Person, lines: Wanted, day: date | None = None, credit: bool = True) -> int:
    """Write down what came back; returns the return's id. Without ``credit`` it stays billed, or is replaced.

    Refused("over_return") where less is out, ("cannot_merge") for goods of two customers, ("unknown_line"), ("in_the_future").
    """
    when = day_of(day)
    with step(by, "return_goods") as s:
        held = hold_orders({order for order, *_rest in lines})
        _check_customer(held)
        back = _undone(held, lines)
        pieces = [
            Piece(told.order, line, held.orders[told.order].number, told.sku, -qty, credit, went)
            for (line, went), qty in back.items()
            for told in [held.lines[line]]
        ]
        made = own.draft(where(held.orders[lines[0][0]]), pieces, s.standing("goods"), direction="in")
        own.done(made, when)
        _into_stock(s, made, held, pieces, when)
        s.touch("order", *held.orders)
        s.settle_now()
        lower_invoices(s, held.orders)
        note = credit_return(s, _by_line(back), when) if credit else None
        own.credited(made, note)
        free(s, by_line(held.orders).values(), "released")
        number = own.numbered(made, "return", when)
        s.act("shipment", made, number=number, credit_note=note)
    return made


def _check_customer(held: Held) -> None:
    heads = list(held.orders.values())
    other = next((head for head in heads if head.whose != heads[0].whose), None)
    if other is not None:
        sentence = _("Orders %(one)s and %(other)s are of two customers. Make two returns.")
        detail = sentence % {"one": heads[0].name, "other": other.name}
        raise Refused("cannot_merge", detail, [{"path": "customer", "code": "cannot_merge", "detail": detail}])


def _undone(held: Held, lines: Wanted) -> dict[tuple[int, int], int]:
    """How much comes back of which order line out of which shipment line, the latest first where none is named."""
    ids = [_line(held, place, order, number) for place, (order, number, *_rest) in enumerate(lines)]
    outs = own.outs(ids)
    when = _recorded([out.line for listed in outs.values() for out in listed])
    found: dict[tuple[int, int], int] = {}
    for place, (line, (_order, _number, qty, shipment)) in enumerate(zip(ids, lines, strict=True)):
        told = sorted(outs[line], key=lambda out: when.get(out.line, 0))
        left = [out._replace(left=out.left - found.get((line, out.line), 0)) for out in told]
        parts = undone(qty, left, shipment)
        if parts is None:
            raise _too_much(held, line, place, qty, sum(out.left for out in left if shipment in (None, out.shipment)))
        for went, part in parts.items():
            found[line, went] = found.get((line, went), 0) + part
    return found


def _recorded(lines: Sequence[int]) -> dict[int, int]:
    """The place of each of these shipment lines among all: by the day on which its goods went, then in the order of recording."""
    rows = (
        Move.objects.filter(line__in=lines, kind="shipment").order_by("move_date", "pk").values_list("line", flat=True)
    )
    return {line: place for place, line in enumerate(rows, 1) if line is not None}


def _line(held: Held, place: int, order: int, number: int) -> int:
    line = order * LINES + number
    if line not in held.lines:
        detail = _("Order %(order)s has no line %(line)s.") % {"order": held.orders[order].name, "line": number}
        path = f"lines.{place}.line"
        raise Refused("unknown_line", detail, [{"path": path, "code": "unknown_line", "detail": detail}])
    return line


def _too_much(held: Held, line: int, place: int, qty: int, out: int) -> Refused:
    told = held.lines[line]
    words = {"order": held.orders[told.order].name, "line": told.line, "out": plain(out), "asked": plain(qty)}
    detail = _("Of %(order)s/%(line)s %(out)s are with the customer; %(asked)s cannot come back. Lower the quantity.")
    detail %= words
    return Refused("over_return", detail, [{"path": f"lines.{place}.qty", "code": "over_return", "detail": detail}])


def _into_stock(s: Step, made: int, held: Held, pieces: Sequence[Piece], when: date) -> None:
    shipments = own.shipments_of([piece.undoes for piece in pieces if piece.undoes is not None])
    backs = []
    for place, piece in enumerate(pieces, 1):
        product = held.lines[piece.order_line].product
        if product is not None:
            shipment = shipments.get(piece.undoes or 0)
            backs.append(
                Back(piece.order_line, product, product, -piece.qty, made, made * LINES + place, shipment)
            )  # fmt: skip
    take_back(backs, day=when, by=s.by)


def _by_line(back: Mapping[tuple[int, int], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (line, _went), qty in back.items():
        found[line] = found.get(line, 0) + qty
    return found
