"""Which documents a call may tell of: those of the orders that its person may see (``orders.queries.only_for``)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from ordertrail.billing.models import Invoice, InvoiceShare, Payment, PaymentShare
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.parties.models import Customer
from ordertrail.shipping.models import Shipment, ShipmentLine

Row = TypeVar("Row", bound=Model)

_THROUGH: dict[type[Model], tuple[Any, str]] = {
    Shipment: (ShipmentLine, "shipment"),
    Invoice: (InvoiceShare, "invoice"),
    Payment: (PaymentShare, "payment"),
}
"""Through which rows a document belongs to orders, and their column of its id."""


def visible(model: type[Row], person: object) -> QuerySet[Row]:
    """The documents of ``model`` that ``person`` may see. A product is seen by everyone who sees orders."""
    rows: QuerySet[Row] = model._default_manager.all()
    if only_for(person) is None:
        return rows
    orders = visible_orders(person)
    if model is Customer:
        return rows.filter(pk__in=orders.exclude(customer=None).values("customer"))
    if model not in _THROUGH:
        return rows
    through, column = _THROUGH[model]
    return rows.filter(pk__in=through.objects.filter(order__in=orders.values("pk")).values(column))


def own(rows: QuerySet[Row], person: object) -> QuerySet[Row]:
    """Those of a document's lines or shares that belong to orders that ``person`` may see; all for who sees all orders."""
    if only_for(person) is None:
        return rows
    return rows.filter(order__in=visible_orders(person).values("pk"))


def of_customers(through: Any, column: str, customers: Collection[int]) -> Q:
    """Documents that belong to an order of one of these customers, through the rows of ``through``."""
    return Q(pk__in=through.objects.filter(order__customer__in=list(customers)).values(column))
