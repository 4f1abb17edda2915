"""Orders of our own, read for a verb: what it must know of each before it looks at the lines. One query, whatever the number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib import bulk
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, Terms
from ordertrail.orders.states import after
from ordertrail.parties.models import Customer


@dataclass(frozen=True, slots=True)
class Head:
    """An order as a verb sees it. ``own``: typed here, so that we may change it; one that lives elsewhere is shipped and billed here
    only. ``customer`` is the group's row (None while nobody is known by the name); ``address`` the code, else the text, of where its
    goods go; ``limited``: the customer has a credit limit."""

    id: int
    number: str
    state: str
    customer: int | None
    customer_ref: str
    customer_name: str
    currency: str
    digits: int
    include_tax: bool
    ship_to: str
    own: bool
    address: str
    reserve: str
    place: int | None
    discount: int
    limited: bool

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return self.number or f"~{self.id}"

    @property
    def whose(self) -> int | str:
        """The customer, by row, else by name: what must agree where orders are put together."""
        return self.customer if self.customer is not None else self.customer_name


_SQL = """
SELECT o.id, o.number, o.state, o.customer_id, o.customer_ref, o.customer_name, o.currency, o.digits, o.prices_include_tax, o.ship_to,
       CASE WHEN t.order_id IS NULL THEN 0 ELSE 1 END, CASE WHEN t.order_id IS NULL THEN o.ship_to ELSE t.ship_to END,
       COALESCE(t.reserve, 'manual'), t.place, COALESCE(t.discount, 0), CASE WHEN c.credit_limit IS NULL THEN 0 ELSE 1 END
FROM {orders} o LEFT JOIN {terms} t ON t.order_id = o.id LEFT JOIN {customers} c ON c.id = o.customer_id
WHERE o.id IN {among}
"""


def heads(orders: Collection[int]) -> dict[int, Head]:
    """These orders by id, in the order asked for. Refused("unknown_document") where one is not there."""
    sql = _SQL.format(
        orders=bulk.table(Order), terms=bulk.table(Terms), customers=bulk.table(Customer), among=bulk.among()
    )
    found = {row[0]: _head(row) for row in bulk.select(sql, [bulk.bound(set(orders))])}
    if missing := set(orders) - set(found):
        sentence = _("There is no order %(id)s; search for its number.")
        raise Refused("unknown_document", sentence % {"id": min(missing)})
    return {order: found[order] for order in orders}


def _head(row: tuple[Any, ...]) -> Head:
    values: list[Any] = [bool(value) if place in (8, 10, 15) else value for place, value in enumerate(row)]
    return Head(*values)


def may(verb: str, head: Head) -> str:
    """The state that ``verb`` makes of an order that must be our own. Refused with the code of what stands in the way."""
    if not head.own:
        sentence = _("Order %(order)s lives in another system. Change it there; it is mirrored here.")
        raise Refused("lives_elsewhere", sentence % {"order": head.name})
    return after(verb, head.state, head.name)


def mark(order: int, state: str) -> None:
    """Write the state that a verb made of an order."""
    Order.objects.filter(pk=order).update(state=state)
