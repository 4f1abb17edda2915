"""Choose what becomes of a cancelled shipment or invoice: make it again, or ignore it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ordertrail.desk.cancel_invoice import recreate
from ordertrail.desk.draft_shipment import pieces_of, where
from ordertrail.desk.held import Held, hold_orders
from ordertrail.desk.lowering import settle
from ordertrail.desk.step import Step, step
from ordertrail.lib import bulk
from ordertrail.lib.refused import Refused
from ordertrail.orders.exceptions import IGNORED, OVERTAKEN, SHIPMENT_CANCELLED, UNBILLED, chosen, cut
from ordertrail.orders.models import ExceptionLine, OrderException
from ordertrail.parties.models import Person
from ordertrail.shipping import own

Created = tuple[str, int] | None
"""The kind and id of the draft that was made."""


def choose(*, by: Person, exception: int, choice: str) -> Created:
    """Decide about an exception; returns the draft that *recreate* made, None where nothing was open any more or it is ignored.

    Refused("already_chosen"), and ("not_confirmed") and its like where the order is not confirmed.
    """
    with step(by, "choose") as s:
        order = OrderException.objects.values_list("order_id", flat=True).get(pk=exception)
        held = hold_orders([order])
        waiting = OrderException.objects.get(pk=exception)
        if waiting.choice:
            sentence = _("It was decided already: %(choice)s. Look at order %(order)s.")
            raise Refused(
                "already_chosen", sentence % {"choice": _said(waiting.choice), "order": held.orders[order].name}
            )
        chosen(waiting, choice, by.pk)
        quantities = dict(
            bulk.select(
                f"SELECT line_id, qty FROM {bulk.table(ExceptionLine)} WHERE exception_id = %s ORDER BY line_id",
                [exception],
            )
        )
        s.act("order", order, exception=exception, choice=choice)
        if choice == "ignore":
            _ignore(s, held, waiting, quantities)
            return None
        if waiting.kind == SHIPMENT_CANCELLED:
            return _ship_again(s, held, waiting, quantities)
        made = recreate(s, waiting)
        return None if made is None else ("invoice", made)


def _said(choice: str) -> str:
    """A choice as people read it."""
    words = {"recreate": _("made again"), "ignore": _("ignored"), OVERTAKEN: _("nothing was left to choose")}
    return words[choice]


def _ship_again(s: Step, held: Held, waiting: OrderException, quantities: Mapping[int, int]) -> Created:
    """A new draft of what is still open and on no other."""
    wanted = {line: min(qty, held.lines[line].undrafted) for line, qty in quantities.items()}
    pieces = pieces_of(held, {line: qty for line, qty in wanted.items() if qty})
    if not pieces:
        return None
    made = own.draft(where(held.orders[waiting.order_id]), pieces, s.standing("goods"))
    s.act("shipment", made)
    return "shipment", made


def _ignore(s: Step, held: Held, waiting: OrderException, quantities: Mapping[int, int]) -> None:
    """Take off what is still to ship, or have it never billed again; an advance leaves nothing to take off."""
    order, by = waiting.order_id, s.by.pk if s.by else None
    if waiting.kind == SHIPMENT_CANCELLED:
        cut({line: min(qty, held.lines[line].to_ship) for line, qty in quantities.items()}, IGNORED, by, waiting)
        settle(s, [order], "released")
        return
    open_qty = {line: max(held.lines[line].base - held.lines[line].invoiced, 0) for line in quantities}
    cut({line: min(qty, open_qty[line]) for line, qty in quantities.items()}, UNBILLED, by, waiting)
    settle(s, [order], "released")
