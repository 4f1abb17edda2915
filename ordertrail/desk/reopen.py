"""Reopen a closed order: it gets back what closing took, at its old place in the queue for goods."""

from __future__ import annotations

from datetime import date

from ordertrail.desk.exposure import check_credit
from ordertrail.desk.held import hold_orders
from ordertrail.desk.queue import serve
from ordertrail.desk.step import step
from ordertrail.orders.exceptions import give_back
from ordertrail.orders.own import mark, may
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person


def reopen(*, by: Person, order: int, day: date | None = None) -> int:
    """Reopen a closed order; returns its id. What was ignored stays off. Refused("not_closed"), ("over_credit")."""
    day_of(day)
    with step(by, "reopen") as s:
        held = hold_orders([order])
        head = held.orders[order]
        mark(order, may("reopen", head))
        give_back(order)
        s.act("order", order)
        if head.limited and head.customer is not None:
            check_credit(s, head.customer, order)
        serve(s, {line.product for line in held.of(order) if line.product is not None and not line.service})
    return order
