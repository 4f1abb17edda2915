"""Confirm an order: what was quoted is ordered, and takes its goods where they are free."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from ordertrail.desk.exposure import check_credit
from ordertrail.desk.held import hold_orders
from ordertrail.desk.queue import serve
from ordertrail.desk.step import step
from ordertrail.orders.models import Order, Terms
from ordertrail.orders.own import Head, mark, may
from ordertrail.orders.typing import day_of
from ordertrail.parties.models import Person
from ordertrail.records import series
from ordertrail.records.own import rename


def confirm(*, by: Person, order: int, day: date | None = None) -> int:
    """Confirm a draft or a quotation; returns the order's id. Stock is never a reason to refuse: what is not free is waited for.

    Refused("already_confirmed"), ("already_cancelled"), ("over_credit").
    """
    when = day_of(day)
    with step(by, "confirm") as s:
        held = hold_orders([order])
        head = held.orders[order]
        mark(order, may("confirm", head))
        # The lock on its products makes the place true wherever it matters: among orders that wait for the same goods.
        last = Terms.objects.aggregate(last=Max("place"))["last"] or 0
        Terms.objects.filter(pk=order).update(place=last + 1, confirmed_date=when)
        if head.limited and head.customer is not None:
            s.touch("order", order)
            check_credit(s, head.customer, order)
        serve(
            s, {line.product for line in held.of(order) if line.product is not None and not line.service}, among=[order]
        )
        s.act("order", order, number=number(head, when))
    return order


def number(head: Head, day: date) -> str:
    """The order's number, from now on: its own, or the next by rule. Taken last in a verb."""
    if head.number:
        return head.number
    given = series.take("order", day)
    Order.objects.filter(pk=head.id).update(number=given)
    rename(head.id, "order", given)
    return given
