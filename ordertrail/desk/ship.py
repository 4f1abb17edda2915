"""Ship: goods of a draft go out to the customer. What of the draft stays behind goes onto a new one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from ordertrail.billing.queries import blocking
from ordertrail.desk.draft_shipment import by_line_id, check, pieces_of
from ordertrail.desk.held import Held, hold_shipment
from ordertrail.desk.lowering import free
from ordertrail.desk.step import Step, step
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.states import after
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.own import Draft, Row, To
from ordertrail.shipping.rules import after_shipping
from ordertrail.stock.actions import Issue, issue


def ship(
    *, by: Person, shipment: int, day: date | None = None, lines: Sequence[tuple[int, int, int]] | None = None
) -> int | None:
    """Send a draft's goods out on ``day``: all of them, or ``lines`` as (order, line number, quantity). Returns the new draft with the
    rest; None where nothing is left.

    Refused("already_shipped"), ("not_confirmed"), ("advance_unpaid"), ("over_delivery"), ("on_draft"), ("short_stock"),
    ("unknown_line") for one that is not on the draft, ("in_the_future").
    """
    when = day_of(day)
    with step(by, "ship") as s:
        draft, held = hold_shipment(shipment)
        check_draft(draft)
        rows = {row.order_line: row for row in draft.lines if row.order_line is not None}
        wanted = {line: row.qty for line, row in rows.items()} if lines is None else by_line_id(held, lines)
        _check(draft, held, rows, wanted)
        own.change({row.id: wanted.get(line, 0) for line, row in rows.items() if wanted.get(line, 0) != row.qty})
        _issue(s, shipment, held, rows, wanted, when)
        gone = {line: after_shipping(held.lines[line], row.qty, wanted.get(line, 0)) for line, row in rows.items()}
        rest = _remainder(s, draft, held, rows, gone, wanted)
        own.done(shipment, when)
        s.touch("order", *held.orders)
        free(s, gone.values(), "released")
        number = own.numbered(shipment, "shipment", when)
        s.act("shipment", shipment, number=number, remainder=rest)
    return rest


def check_draft(draft: Draft) -> None:
    """Refused where a shipment is no draft any more."""
    if draft.state == "cancelled":
        sentence = _("Shipment %(shipment)s is cancelled. Propose a new one for its orders.")
        raise Refused("already_cancelled", sentence % {"shipment": draft.name})
    if draft.state != "draft":
        sentence = _("Shipment %(shipment)s has gone out already. Cancel it, or take goods back by a return.")
        raise Refused("already_shipped", sentence % {"shipment": draft.name})


def check_on(draft: Draft, held: Held, lines: Collection[int]) -> None:
    """Refused("unknown_line") where one of these order lines is not on the shipment."""
    there = {row.order_line for row in draft.lines}
    for line in lines:
        if line not in there:
            told = held.lines[line]
            detail = _("Line %(order)s/%(line)s is not on shipment %(shipment)s.") % {
                "order": held.orders[told.order].name, "line": told.line, "shipment": draft.name,
            }  # fmt: skip
            raise Refused("unknown_line", detail, [{"path": "lines", "code": "unknown_line", "detail": detail}])


def _check(draft: Draft, held: Held, rows: Mapping[int, Row], wanted: Mapping[int, int]) -> None:
    check_on(draft, held, wanted)
    orders = {held.lines[line].order for line in wanted}
    for order in sorted(orders):
        head = held.orders[order]
        after("ship", head.state, head.name)
    for line, qty in wanted.items():
        check(held, held.lines[line], qty, rows[line].qty)
    for order, advance in sorted(blocking(orders).items()):
        sentence = _(
            "Order %(order)s ships when advance %(advance)s is paid. Collect it, or take the order off the shipment."
        )
        words = {"order": held.orders[order].name, "advance": advance}
        raise Refused("advance_unpaid", sentence % words)


def _issue(s: Step, shipment: int, held: Held, rows: Mapping[int, Row], wanted: Mapping[int, int], when: date) -> None:
    issues = []
    for line, qty in wanted.items():
        told = held.lines[line]
        if told.product is None:
            sentence = _("Product %(sku)s of %(order)s/%(line)s is not known here. Write it down first.")
            words = {"sku": told.sku, "order": held.orders[told.order].name, "line": told.line}
            raise Refused("unknown_product", sentence % words)
        issues.append(Issue(told.product, told.product, qty, shipment, rows[line].id, line))
    issue(issues, day=when, at=clock.now(), by=s.by)


def _remainder(
    s: Step,
    draft: Draft,
    held: Held,
    rows: Mapping[int, Row],
    gone: Mapping[int, LineStanding],
    wanted: Mapping[int, int],
) -> int | None:
    """A new draft with what stays behind and is still to ship; what an under-tolerance counts as complete makes none."""
    left = {line: min(row.qty - wanted.get(line, 0), gone[line].undrafted) for line, row in rows.items()}
    pieces = pieces_of(held, {line: qty for line, qty in left.items() if qty > 0})
    if not pieces:
        return None
    to = To(draft.customer, draft.customer_name, draft.ship_to)
    made = own.draft(to, pieces, s.standing("goods"), draft.planned_date)
    s.act("shipment", made, rest_of=draft.id)
    return made
