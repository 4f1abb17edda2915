"""What of some orders can travel together: one customer, one address; the rest with the field that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.desk.draft_shipment import key_of
from ordertrail.desk.standing import standings
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units, piece_units, qty_text
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderLine
from ordertrail.orders.own import Head, heads
from ordertrail.orders.standing import LineStanding
from ordertrail.orders.states import after
from ordertrail.shipping.models import ShipmentLine
from ordertrail.shipping.rules import differing
from ordertrail.stock.queries import free
from ordertrail.till.scope import BY_ID, at
from ordertrail.till.together import Group, Left, Named, Together, Told, by_key, rows_of, with_orders

Lines = Mapping[int, Sequence[LineStanding]]


def together(orders: Sequence[int], told: Told) -> Together:
    """The page's content: the first order's key decides what goes along."""
    known, lines = heads(orders), standings(orders)
    ready = {order: key_of(head) for order, head in known.items() if _refused(head) is None and _open(lines[order])}
    alike = by_key(ready)
    first = alike[0] if alike else []
    there = _there([line for order in first for line in _open(lines[order])])
    groups = tuple(
        Group(
            Named(order, known[order].name),
            tuple(
                rows_of(
                    [(line, line.undrafted) for line in _open(lines[order])],
                    told,
                    lambda line, qty: _amount(line, qty, known),
                    there,
                )
            ),
        )
        for order in first
    )
    agreed = () if not first else _agreed(known[first[0]])
    left = [one for order in known for one in _left(known, lines, order, first, alike)]
    return Together(tuple(orders), agreed, groups, tuple(left))


def _open(lines: Sequence[LineStanding]) -> list[LineStanding]:
    return [line for line in lines if line.undrafted and not line.service]


def _refused(head: Head) -> Refused | None:
    try:
        after("ship", head.state, head.name)
    except Refused as refused:
        return refused
    return None


def _amount(line: LineStanding, qty: int, known: Mapping[int, Head]) -> Decimal:
    return from_units(piece_units(line.amount, qty, line.qty, known[line.order].digits), MONEY_SCALE)


def _there(lines: Sequence[LineStanding]) -> dict[int, Decimal]:
    """What the shelves have for each line: what is held for it, and what is free."""
    products = {line.product for line in lines if line.product is not None}
    loose = free(products) if products else {}
    return {line.id: from_units(line.reserved + max(loose.get(line.product or 0, 0), 0), QTY_SCALE) for line in lines}


def _agreed(head: Head) -> tuple[tuple[str, str], ...]:
    return (_("Customer"), head.customer_name or "–"), (_("Ship to"), head.ship_to or head.address or "–")


def _left(
    known: Mapping[int, Head], lines: Lines, order: int, first: Sequence[int], alike: Sequence[Sequence[int]]
) -> Iterator[Left]:
    """What of an order does not go along."""
    head = known[order]
    named = Named(order, head.name)
    refused = _refused(head)
    if refused is not None:
        yield Left(named, None, "", None, _("Not to be shipped now"), refused.detail, _("To the order"), named.href)
        return
    if order not in first and _open(lines[order]):
        yield from _differs(known, lines, order, first, alike)
    drafts = _drafts(order)
    for line in lines[order]:
        if line.on_shipments and line.id in drafts:
            shipment, number = drafts[line.id]
            detail = _("%(qty)s on draft %(draft)s") % {"qty": qty_text(line.on_shipments), "draft": number}
            href = at("track:shipment", shipment)
            qty = from_units(line.on_shipments, QTY_SCALE)
            yield Left(named, line.line, line.sku, qty, _("On a draft already"), detail, _("To the draft"), href)
    if not any(line.to_ship and not line.service for line in lines[order]):
        yield Left(
            named,
            None,
            "",
            None,
            _("Nothing left to ship"),
            _("everything has gone out"),
            _("To the order"),
            named.href,
        )


def _differs(
    known: Mapping[int, Head], lines: Lines, order: int, first: Sequence[int], alike: Sequence[Sequence[int]]
) -> Iterator[Left]:
    head, other = known[order], known[first[0]]
    field = differing([key_of(other), key_of(head)])
    if field == "customer":
        why, values = _("Another customer"), (head.customer_name, other.customer_name)
    else:
        why, values = _("Another delivery address"), (head.ship_to or head.address, other.ship_to or other.address)
    own = next(group for group in alike if order in group)
    names = dict(OrderLine.objects.filter(order=order).values_list("pk", "name"))
    for line in _open(lines[order]):
        yield Left(
            Named(order, head.name),
            line.line,
            names.get(line.id) or line.sku,
            from_units(line.undrafted, QTY_SCALE),
            why,
            " ≠ ".join(value or "–" for value in values),
            _("A shipment of its own"),
            with_orders("till:new_shipment", own),
            apart=True,
        )


def _drafts(order: int) -> dict[int, tuple[int, str]]:
    """The draft on which each line of an order stands, by line id."""
    rows = ShipmentLine.objects.filter(order=order, shipment__state="draft", shipment__direction="out").exclude(
        order_line=None
    )
    return {
        line: (shipment, number or f"{BY_ID}{shipment}")
        for line, shipment, number in rows.values_list("order_line", "shipment", "shipment__number")
    }
