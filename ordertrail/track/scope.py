"""Which documents somebody sees: those of the orders that they may see (``orders.queries.visible_orders``)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.desk.models import Act
from ordertrail.orders.models import Order
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.presales.models import Opportunity
from ordertrail.records.models import SourceDocument
from ordertrail.shipping.models import ShipmentLine
from ordertrail.track.addresses import BY_ID, PAGES, found
from ordertrail.work.models import Project, WorkOrder

_BY_ORDER: dict[str, tuple[Any, str]] = {
    "shipment": (ShipmentLine, "shipment"),
    "invoice": (InvoiceShare, "invoice"),
    "payment": (PaymentShare, "payment"),
    "work_order": (WorkOrder, "pk"),
    "project": (Project, "pk"),
    "opportunity": (Opportunity, "pk"),
}
"""Where a document's orders stand: the table with ``order``, and its column of the document's id."""


def seen(kind: str, ids: Collection[int], person: object) -> set[int]:
    """Those of the documents ``ids`` of one kind that ``person`` may see. Who sees orders sees every product and receipt."""
    if only_for(person) is None or kind in ("product", "receipt"):
        return set(ids)
    orders: QuerySet[Order] = visible_orders(person)
    if kind == "order":
        return set(orders.filter(pk__in=ids).values_list("pk", flat=True))
    if kind == "customer":
        return set(orders.filter(customer__in=ids).values_list("customer_id", flat=True)) | _written_down(ids, person)
    model, column = _BY_ORDER[kind]
    rows = model.objects.filter(**{f"{column}__in": ids}, order__in=orders.values("pk"))
    return set(rows.values_list(column, flat=True))


def _written_down(customers: Collection[int], person: object) -> set[int]:
    """Those of the customers that ``person`` has written down here: theirs before their first order."""
    acts = Act.objects.filter(
        kind="customer", object__in=customers, verb="type_customer", actor=getattr(person, "pk", None)
    )
    return set(acts.values_list("object", flat=True))


def whole(kind: str, document: int, person: object) -> bool:
    """Whether ``person`` may see everything that one document, which they see, tells of: a shipment, an invoice or a payment may serve
    other people's orders too, or lines that no order is known of."""
    if only_for(person) is None or kind not in _BY_ORDER:
        return True
    model, column = _BY_ORDER[kind]
    return (
        not model.objects.filter(**{column: document}).exclude(order__in=visible_orders(person).values("pk")).exists()
    )


View = Callable[[HttpRequest, int], HttpResponse]


def meant(kind: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A view of one document, by its id, as a view of whatever an address names: 404 where nothing is meant or nothing may be
    seen, and a list to choose from where several documents bear the number."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def by_name(request: HttpRequest, name: str) -> HttpResponse:
            visible = seen(kind, found(kind, name), request.user)
            if not visible:
                raise Http404(name)
            return view(request, visible.pop()) if len(visible) == 1 else several(request, kind, name, visible)

        return by_name

    return wrap


def several(request: HttpRequest, kind: str, number: str, ids: Collection[int]) -> HttpResponse:
    """The page that lists the documents of one kind that bear one number, each with the systems that have it."""
    rows: dict[int, list[SourceDocument]] = {}
    documents = SourceDocument.objects.filter(group__in=ids).select_related("source")
    for document in documents.order_by("source__position", "pk"):
        rows.setdefault(document.group, []).append(document)
    choices = [
        {"name": f"{BY_ID}{group}", "documents": mine, "learned_at": max(d.learned_at for d in mine)}
        for group, mine in sorted(rows.items())
    ]
    context = {"kind": kind, "number": number, "choices": choices, "page": PAGES[kind]}
    return render(request, "track/several.html", context, status=300)
