"""Which documents somebody may do something with: those of which they see all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from ordertrail.billing.models import Invoice, InvoiceShare, Payment, PaymentShare
from ordertrail.lib.numbers import number_key
from ordertrail.orders.models import Order
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.records.models import Number, SourceDocument
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.stock.models import GoodsReceipt

BY_ID = "~"
"""What stands before an id in an address, where a bare figure could be somebody's number."""

MODELS: dict[str, Any] = {"shipment": Shipment, "invoice": Invoice, "payment": Payment, "receipt": GoodsReceipt}
_ORDERS: dict[str, tuple[Any, str]] = {
    "shipment": (ShipmentLine, "shipment"),
    "invoice": (InvoiceShare, "invoice"),
    "payment": (PaymentShare, "payment"),
}

View = Callable[[HttpRequest, int], HttpResponse]


def at(view_name: str, document: int) -> str:
    """The address of a page of one document, by its id."""
    return reverse(view_name, args=[f"{BY_ID}{document}"])


def rows_named(kind: str, name: str) -> list[int]:
    """The ids of the documents that ``name`` means: by id behind ``~``, else by number, else by bare id."""
    if not name.startswith(BY_ID) and (key := number_key(name)[:100]):
        rows = Number.objects.filter(key=key, kind=kind, search_only=False).values_list("document__group", flat=True)
        if found := sorted(set(rows)):
            return found
    figure = name.removeprefix(BY_ID)
    if figure.isascii() and figure.isdigit() and len(figure) < 19:
        return list(SourceDocument.objects.filter(pk=int(figure), kind=kind).values_list("group", flat=True))
    return []


def meant(kind: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A view of one document, by its id, as a view of whatever an address names; 404 where nothing is meant, several things are, or
    not all of it may be seen: who sees a part of a document does nothing to the whole."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def by_name(request: HttpRequest, name: str) -> HttpResponse:
            found = rows_named(kind, name)
            there = MODELS[kind].objects.filter(pk__in=found).count() == 1
            if len(found) != 1 or not there or not whole(kind, found[0], request.user):
                raise Http404(name)
            return view(request, found[0])

        return by_name

    return wrap


def whole(kind: str, document: int, person: object) -> bool:
    """Whether ``person`` may see everything that a document tells of."""
    if only_for(person) is None or kind not in _ORDERS:
        return True
    model, column = _ORDERS[kind]
    rows = model.objects.filter(**{column: document})
    return rows.exists() and not rows.exclude(order__in=visible_orders(person).values("pk")).exists()


def orders_named(names: Iterable[str], person: object) -> list[int]:
    """The orders that these names mean, of those that ``person`` may see, in this order; a name of several orders means none."""
    found = []
    for name in dict.fromkeys(names):
        ids = rows_named("order", name)
        found += ids if len(ids) == 1 else []
    seen = set(visible_orders(person).filter(pk__in=found).values_list("pk", flat=True))
    return [order for order in dict.fromkeys(found) if order in seen]


def order_names(orders: Iterable[int]) -> dict[int, str]:
    """What these orders are called."""
    rows = Order.objects.filter(pk__in=set(orders)).values_list("pk", "number")
    return {pk: number or f"{BY_ID}{pk}" for pk, number in rows}
