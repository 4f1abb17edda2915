"""Propose shipments for orders: what is left of them and on no draft yet, put together as far as it may travel together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from ordertrail.desk.draft_shipment import key_of, pieces_of, where
from ordertrail.desk.held import hold_orders
from ordertrail.desk.step import step
from ordertrail.lib.refused import Refused
from ordertrail.orders.states import CLOSED, after
from ordertrail.parties.models import Person
from ordertrail.shipping import own
from ordertrail.shipping.rules import Key, kept_apart

Apart = list[tuple[str, list[int]]]
"""Which field keeps which drafts apart."""


def propose_shipments(*, by: Person, orders: Sequence[int]) -> tuple[list[int], Apart]:
    """One draft for each customer and address, of everything that is left of these orders; returns the drafts and what keeps them
    apart. Orders of which nothing is left are skipped.

    Refused("not_confirmed"), ("nothing_to_ship") where nothing is left of any.
    """
    with step(by, "propose_shipments") as s:
        held = hold_orders(dict.fromkeys(orders))
        for head in held.orders.values():
            if head.state != CLOSED:
                after("ship", head.state, head.name)
        by_key: dict[Key, dict[int, int]] = {}
        for order, head in held.orders.items():
            for line in held.of(order):
                if line.undrafted and not line.service:
                    by_key.setdefault(key_of(head), {})[line.id] = line.undrafted
        if not by_key:
            sentence = _("Nothing is left to ship of %(orders)s: it is shipped, on a draft, or closed.")
            raise Refused("nothing_to_ship", sentence % {"orders": _names(h.name for h in held.orders.values())})
        made: dict[int, Key] = {}
        for key, wanted in by_key.items():
            first = held.orders[held.lines[next(iter(wanted))].order]
            draft = own.draft(where(first), pieces_of(held, wanted), s.standing("goods"))
            made[draft] = key
            s.act("shipment", draft)
        s.touch("order", *held.orders)
    return list(made), kept_apart(made)


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:10]) + (" …" if len(listed) > 10 else "")
