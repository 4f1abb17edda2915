"""A customer's page: its names in every system, where its orders stand, what it owes, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ordertrail.lib import clock
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import visible_statuses
from ordertrail.parties.models import Customer
from ordertrail.records.shapes import CustomerRecord
from ordertrail.track.addresses import BY_ID, href
from ordertrail.track.orders_filter import QUEUE_WORDS, listing, orders_filter
from ordertrail.track.papers import Paper, words_of
from ordertrail.track.problems import Problem, of_orders
from ordertrail.track.queues import BAD
from ordertrail.track.scope import meant
from ordertrail.web.rights import needs

SHOWN = 30
"""So many orders and findings stand on the page."""


@dataclass(frozen=True, slots=True)
class Named:
    """What one system calls the customer."""

    paper: Paper
    name: str
    other_names: tuple[str, ...]
    tax_number: str
    address: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Some of the customer's orders: how many there are, and the list of exactly these."""

    words: Promise | str
    count: int
    href: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What its orders come to in one currency, gross: ``ordered`` and ``to_ship`` of the open ones, the rest of all."""

    currency: str
    ordered: Decimal
    to_ship: Decimal
    not_invoiced: Decimal
    open_receivable: Decimal


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything that the page shows."""

    customer: Customer
    names: tuple[Named, ...]
    queues: tuple[Queue, ...]
    sums: tuple[Sums, ...]
    orders: tuple[tuple[OrderStatus, str], ...]
    total: int
    list_href: str
    problems: tuple[Problem, ...]


def customer_page(row: Customer, person: object) -> CustomerPage:
    """The page of a customer, by a fixed number of queries; orders only as far as ``person`` sees them."""
    statuses = visible_statuses(person).filter(customer=row.pk)
    listed = _open_first(statuses)
    return CustomerPage(
        row,
        tuple(_names(row)),
        tuple(_queues(row, person)),
        tuple(_sums(statuses)),
        tuple((status, href("order", status.pk, status.number)) for status in listed),
        statuses.count(),
        _list(row, "all"),
        of_orders(statuses.values("pk"), SHOWN),
    )


def _open_first(statuses: QuerySet[OrderStatus]) -> list[OrderStatus]:
    """So many orders as are shown: the open ones by promised date, then the finished ones, the newest first."""
    waiting = list(statuses.filter(is_open=True).order_by("promised_date", "-pk")[:SHOWN])
    return waiting + list(statuses.filter(is_open=False).order_by("-order_date", "-pk")[: SHOWN - len(waiting)])


def _list(row: Customer, queue: str) -> str:
    """The address of the orders list with one queue of this customer's."""
    return f"{reverse('track:orders')}?{urlencode({'queue': queue, 'customer': f'{BY_ID}{row.pk}'})}"


def _queues(row: Customer, person: object) -> Iterator[Queue]:
    """The preset queues, each with what the orders list counts in it."""
    fields = orders_filter()
    for name, words in QUEUE_WORDS.items():
        count = listing(fields.parse({"queue": name, "customer": f"{BY_ID}{row.pk}"}), person).count()
        yield Queue(words, count, _list(row, name), bad=name in BAD and count > 0)


def _sums(statuses: Any) -> list[Sums]:
    rows = statuses.order_by("currency").values("currency").annotate(
        ordered_open=Sum("ordered", filter=Q(is_open=True)),
        to_ship_open=Sum("to_ship", filter=Q(is_open=True)),
        bills=Sum("not_invoiced", filter=Q(is_open=True)),
        owed=Sum("open_receivable"),
    )  # fmt: skip
    zero = Decimal(0)
    return [
        Sums(
            row["currency"],
            row["ordered_open"] or zero,
            row["to_ship_open"] or zero,
            row["bills"] or zero,
            row["owed"] or zero,
        )
        for row in rows
    ]


def _names(row: Customer) -> list[Named]:
    """What each system writes, its home first."""
    return [
        Named(paper, record.name, record.other_names, record.tax_number, record.address)
        for paper, record in words_of("customer", row.pk)
        if isinstance(record, CustomerRecord)
    ]


@needs("see_orders")
@require_GET
@meant("customer")
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the customer is to every system, and how its orders stand."""
    row = get_object_or_404(Customer, pk=pk)
    page = customer_page(row, request.user)
    return render(request, "track/customer.html", {"page": page, "today": clock.today()})
