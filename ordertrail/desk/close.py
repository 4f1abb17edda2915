"""Close an order: what happened stays, what is left is not delivered any more; reopening gives it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ordertrail.desk.held import hold_orders
from ordertrail.desk.lowering import settle
from ordertrail.desk.step import step
from ordertrail.orders.exceptions import CLOSED, SHIPMENT_CANCELLED, cut, overtake
from ordertrail.orders.own import mark, may
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person


def close(*, by: Person, order: int, day: date | None = None) -> int:
    """Close a confirmed order; returns its id. Drafts of what is left go, and its goods are free for others.

    Refused("not_confirmed"), ("already_closed").
    """
    day_of(day)
    with step(by, "close") as s:
        held = hold_orders([order])
        mark(order, may("close", held.orders[order]))
        cut_rest(held.of(order), by)
        overtake([order], [SHIPMENT_CANCELLED])
        s.act("order", order)
        settle(s, [order], "closed")
    return order


def cut_rest(lines: Iterable[LineStanding], by: Person | None) -> None:
    """Take off what is left to ship; what an under-tolerance leaves is done with already, and a service is billable as ordered."""
    cut({line.id: line.to_ship for line in lines}, CLOSED, by.pk if by else None)
