"""Orders: the list, one order, who says what of it, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from ordertrail.api import beside, orders, own_orders, written
from ordertrail.api.calls.declare import get
from ordertrail.api.door import caller
from ordertrail.api.lists import chosen_by, listed, whole
from ordertrail.api.naming import meant
from ordertrail.api.params import Param, params_of
from ordertrail.api.shapes import orders as shapes
from ordertrail.api.shapes.frame import Listed, Thing
from ordertrail.findings.claims import Claim, FactRow
from ordertrail.findings.says import says
from ordertrail.orders.listing import Place
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records.models import Source
from ordertrail.web.filters import Order as By


def list_params() -> Sequence[Param]:
    """The filters of the orders list."""
    return params_of(beside.ask().orders_filter())


@get("/orders", right="see_orders", answer=shapes.Orders, params=list_params)
def list_orders(request: HttpRequest) -> Listed[shapes.OrderRow]:
    """Orders, narrowed and sorted as on the page of orders; without a filter all of them."""
    room = beside.ask()
    chosen = chosen_by(request, room.orders_filter())
    listing = room.orders(chosen, caller(request).person)

    def read(by: By, key: tuple[Any, Any] | None, backwards: bool, size: int) -> list[OrderStatus]:
        return listing.page(
            by.sort.column, descending=by.descending != backwards, size=size, beyond=key and Place(*key)
        )

    return listed(request, read, chosen, listing.count, _rows)


def _rows(found: Sequence[OrderStatus]) -> list[shapes.OrderRow]:
    orders_by_id = Order.objects.select_related("customer", "home").in_bulk([row.pk for row in found])
    return [
        shapes.OrderRow(**orders.head(row, orders_by_id[row.pk]), amounts=shapes.RowAmounts(**orders.row_amounts(row)))
        for row in found
    ]


@get("/orders/{n}", right="see_orders", answer=shapes.Order)
def get_order(request: HttpRequest, n: str) -> shapes.Order:
    """One order with its lines, amounts, shipments, invoices and payments."""
    by = caller(request)
    return own_orders.order(meant("order", n, by.person), by)


@get("/orders/{n}/sources", right="see_orders", answer=shapes.Sayings)
def get_order_sources(request: HttpRequest, n: str) -> Listed[shapes.Saying]:
    """Who says what: for each fact of the order one row a source, beside the value that counts."""
    pk = meant("order", n, caller(request).person)
    codes = dict(Source.objects.values_list("pk", "code"))
    currency = Order.objects.values_list("currency", flat=True).get(pk=pk)
    rows = says([pk]).get(pk, ())
    return whole([_saying(row, claim, codes, currency) for row in rows for claim in row.claims])


def _saying(row: FactRow, claim: Claim, codes: dict[int, str], currency: str) -> shapes.Saying:
    def text(value: object) -> str | None:
        if isinstance(value, Decimal):
            return written.money(value, currency) if row.fact == "paid" else written.qty(value)
        if isinstance(value, date):
            return value.isoformat()
        return None if value is None else str(value)

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else written.money(value, currency)

    return shapes.Saying(
        fact=row.fact,
        source=codes[claim.source],
        value=text(claim.value),
        amount=amount(claim.amount),
        document=str(claim.document) if claim.document else None,
        number=claim.number or None,
        as_of=written.instant(claim.as_of),
        agreed=text(row.agreed),
        agreed_amount=amount(row.agreed_amount),
        agrees=claim.source not in row.off,
        believed=claim.source == row.believed,
    )


@get("/orders/{n}/timeline", right="see_orders", answer=shapes.Timeline)
def get_order_timeline(request: HttpRequest, n: str) -> Listed[shapes.Happening]:
    """What happened to the order in all systems and here, oldest first."""
    person = caller(request).person
    pk = meant("order", n, person)
    codes = dict(Source.objects.values_list("pk", "code"))
    currency = Order.objects.values_list("currency", flat=True).get(pk=pk)
    return whole([_happening(event, codes, currency) for event in beside.ask().timeline(pk, person)])


def _happening(event: beside.Event, codes: dict[int, str], currency: str) -> shapes.Happening:
    qty, amount = event.detail.get("qty"), event.detail.get("amount")
    return shapes.Happening(
        at=written.instant(event.at),
        day=event.day,
        by_day=event.by_day,
        learned_at=written.instant(event.learned_at),
        activity=event.activity,
        object=Thing(kind=event.kind, id=str(event.object), number=event.number or None),
        actor=event.actor or None,
        source=codes.get(event.source) if event.source else None,
        qty=written.qty(qty) if isinstance(qty, Decimal) else None,
        amount=written.money(amount, currency) if isinstance(amount, Decimal) else None,
    )
