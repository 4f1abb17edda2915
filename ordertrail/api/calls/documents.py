"""Customers, shipments, invoices and payments: lists, and one by id or number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model, Q
from django.http import HttpRequest

from ordertrail.api import beside, invoices, parties, payments
from ordertrail.api.calls.declare import get
from ordertrail.api.door import caller
from ordertrail.api.lists import chosen_by, listed
from ordertrail.api.naming import meant
from ordertrail.api.params import Param, Params, params_of
from ordertrail.api.scope import of_customers, visible
from ordertrail.api.shapes import documents as papers
from ordertrail.api.shapes import parties as shapes
from ordertrail.api.shapes.frame import Listed
from ordertrail.api.versions import versioned
from ordertrail.billing.models import Invoice, InvoiceShare, Payment, PaymentShare
from ordertrail.parties.models import Customer
from ordertrail.web.filters import Field, FilterSet, Kind, Lookup, Sort

MOST_FOUND = 500
"""Customers that one text may stand for."""


def _states(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


def papers_filter(states: tuple[str, ...], date_column: str) -> FilterSet:
    """The filters of a list of documents with a date."""
    return FilterSet(
        fields=(
            Field("q", "Number", search=True),
            Field("customer", "Customer"),
            Field("state", "Status", Kind.CHOICE, _states(*states)),
            Field("date", "Date", Kind.DATES, params=("from", "to")),
            Field("source", "Source"),
        ),
        sorts=(Sort("date", "Date", date_column, descending=True, nullable=True),),
    )


INVOICES = papers_filter(("draft", "posted", "cancelled"), "invoice_date")
PAYMENTS = papers_filter(("draft", "done", "cancelled"), "paid_date")
CUSTOMERS = FilterSet(
    fields=(Field("q", "Name or code", search=True), Field("country", "Country"), Field("source", "Source")),
    sorts=(Sort("name", "Name", "name"),),
)


def told(filters: FilterSet) -> Params:
    """The query string of a list."""

    def params() -> Sequence[Param]:
        return params_of(filters)

    return params


def page_of(
    request: HttpRequest,
    model: type[Model],
    filters: FilterSet,
    lookups: dict[str, Lookup],
    write: Callable[[Any], list[Any]],
    **only: Any,
) -> Listed[Any]:
    """A page of the documents of ``model`` that the caller may see."""
    chosen = chosen_by(request, filters)
    rows = chosen.apply(visible(model, caller(request).person).filter(**only), lookups).select_related("home")
    return listed(request, rows, chosen, rows.count, write)


def by_customer(through: Any, column: str, name_column: str) -> Lookup:
    """Documents of the customers that a text means: an id, a code, or a part of a name."""

    def condition(text: str) -> Q:
        ids = {*beside.ask().found("customer", text)}
        ids |= {*Customer.objects.filter(name__icontains=text).values_list("pk", flat=True)[:MOST_FOUND]}
        return of_customers(through, column, ids) | Q(**{f"{name_column}__icontains": text})

    return condition


@get("/customers", right="see_orders", answer=shapes.Customers, params=told(CUSTOMERS))
def list_customers(request: HttpRequest) -> Listed[shapes.CustomerRow]:
    """Customers, by name."""
    lookups: dict[str, Lookup] = {
        "q": lambda text: Q(name__icontains=text) | Q(code=text), "country": "country", "source": "home__code",
    }  # fmt: skip
    return page_of(request, Customer, CUSTOMERS, lookups, parties.customers)


@get("/customers/{n}", right="see_orders", answer=shapes.Customer)
def get_customer(request: HttpRequest, n: str) -> shapes.Customer:
    """One customer, by id or code, with what is owed."""
    by = caller(request)
    return versioned(parties.customer(meant("customer", n, by.person), by))


def _invoice_state(states: tuple[str, ...]) -> Q:
    """A posted invoice that a counter-document took back is cancelled for people."""
    taken_back = Q(cancelled_at__isnull=False)
    stands = Q(state__in=states) & ~taken_back
    return stands | taken_back if "cancelled" in states else stands


@get("/invoices", right="see_orders", answer=papers.Invoices, params=told(INVOICES))
def list_invoices(request: HttpRequest) -> Listed[papers.InvoiceRow]:
    """Invoices and credit notes, the newest first; bare figures of orders are left out."""
    lookups: dict[str, Lookup] = {
        "q": "number__istartswith", "customer": by_customer(InvoiceShare, "invoice", "customer_name"), "state": _invoice_state,
        "date": "invoice_date", "source": "home__code",
    }  # fmt: skip
    return page_of(request, Invoice, INVOICES, lookups, invoices.invoices, reported=False)


@get("/invoices/{n}", right="see_orders", answer=papers.Invoice)
def get_invoice(request: HttpRequest, n: str) -> papers.Invoice:
    """One invoice with its lines and the orders' shares."""
    by = caller(request)
    return versioned(invoices.invoice(meant("invoice", n, by.person), by))


@get("/payments", right="see_orders", answer=papers.Payments, params=told(PAYMENTS))
def list_payments(request: HttpRequest) -> Listed[papers.PaymentRow]:
    """Payments and refunds, the newest first; bare figures of orders are left out."""
    lookups: dict[str, Lookup] = {
        "q": "number__istartswith", "customer": by_customer(PaymentShare, "payment", "payer"), "state": "state",
        "date": "paid_date", "source": "home__code",
    }  # fmt: skip
    return page_of(request, Payment, PAYMENTS, lookups, payments.payments, reported=False)


@get("/payments/{n}", right="see_orders", answer=papers.Payment)
def get_payment(request: HttpRequest, n: str) -> papers.Payment:
    """One payment with what it is for."""
    by = caller(request)
    return versioned(payments.payment(meant("payment", n, by.person), by))
