"""What the orders list can be narrowed to, and what each filter means in the store: the same for page, export and totals."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ordertrail.catalog.models import Product
from ordertrail.desk.models import Owner
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.lib import clock
from ordertrail.lib.numbers import number_key
from ordertrail.orders.listing import QUEUES, Listing, Place
from ordertrail.orders.models import OrderLine, OrderStatus
from ordertrail.orders.queries import visible_statuses
from ordertrail.parties.models import Customer
from ordertrail.records.models import Number, Source
from ordertrail.track.addresses import BY_ID, found
from ordertrail.web.axes import LOOKS
from ordertrail.web.filter_values import Range
from ordertrail.web.filters import Field, Filter, FilterSet, Kind, Lookup, Order, Sort

LAST = "\U0010ffff"
"""Sorts behind every text that begins alike."""
NARROW_DAYS = timedelta(days=366)
"""A range of days up to this long is found by its index, a longer one in one pass (of a million orders in five years: a year by
its index in 19 to 73 ms, in one pass in 160 ms)."""
FEW = frozenset({"customer", "sku", "finding", "owner"})
"""Filters that name something with few orders, found by an index."""
FEW_NUMBERS, NARROW_NUMBERS = 20_000, 200_000
"""So many orders whose number begins alike are still few; so many are found quicker by their index than in one pass (of a million
orders: 55,000 in 33 ms by the index, in 176 ms in one pass)."""
MOST_FOUND = 500
"""Numbers and names that one filter text may stand for."""
ANY, ME, NOBODY = "any", "me", "nobody"

QUEUE_WORDS = {
    "open": _("All open"),
    "ship": _("To ship"),
    "invoice": _("To invoice"),
    "collect": _("To collect"),
    "late": _("Late"),
    "findings": _("With findings"),
    "all": _("All orders"),
}
"""The preset queues, in the order of the tabs."""

SORTS = (
    Sort("promised_date", _("Promised"), "promised_date", nullable=True),
    Sort("order_date", _("Order date"), "order_date", descending=True, nullable=True),
    Sort("number", _("Order"), "number"),
    Sort("customer_name", _("Customer"), "customer_name"),
    Sort("ordered", _("Total incl. tax"), "ordered", descending=True),
    Sort("open_receivable", _("Receivable"), "open_receivable", descending=True),
)
"""The orders of rows that have an index; there are no others."""


def orders_filter() -> FilterSet:
    """The fields of the orders list; the choices of sources are those of now (one query)."""
    sources = tuple(Source.objects.values_list("code", "name"))
    checks = ((name, check.label) for name, check in all_checks().items())
    return FilterSet(
        fields=(
            Field("q", _("Number"), search=True),
            Field("queue", _("Queue"), Kind.CHOICE, tuple(QUEUE_WORDS.items()), apart=True),
            Field("customer", _("Customer"), tell=customer_words),
            _axis("state", _("Status"), "order"),
            *(_axis(name, words, name) for name, words in AXIS_WORDS.items()),
            Field("late", _("Late"), Kind.FLAG),
            Field("order_date", _("Order date"), Kind.DATES, params=("from", "to")),
            Field("promised", _("Promised"), Kind.DATES),
            Field("amount", _("Total incl. tax"), Kind.NUMBERS),
            Field("currency", _("Currency")),
            Field("source", _("Source"), Kind.CHOICE, sources),
            Field("salesperson", _("Salesperson")),
            Field("finding", _("Findings"), Kind.CHOICE, ((ANY, _("any")), *checks)),
            Field("sku", _("Product (SKU)")),
            Field("owner", _("Owner")),
        ),
        sorts=SORTS,
    )


AXIS_WORDS = {
    "delivery": _("Delivery"),
    "invoicing": _("Invoicing"),
    "payment": _("Payment"),
    "production": _("Production"),
}


def _axis(name: str, words: Any, axis: str) -> Field:
    return Field(name, words, Kind.CHOICE, tuple((value, look.words) for value, look in LOOKS[axis].items()))


@dataclass(frozen=True, slots=True)
class Selection:
    """The orders that a query string means for a person: the filter as read, and the list to read them from."""

    chosen: Filter
    listing: Listing

    @property
    def queue(self) -> str:
        """The queue that is open; "" where the filter names none."""
        return _first(self.chosen.values.get("queue"))

    @property
    def queue_words(self) -> str:
        """Its words."""
        return str(QUEUE_WORDS[self.queue]) if self.queue else ""

    def read(self, order: Order, key: tuple[Any, Any] | None, backwards: bool, size: int) -> list[OrderStatus]:
        """Rows for ``web.paging.page``."""
        beyond = Place(*key) if key else None
        return self.listing.page(order.sort.column, descending=order.descending != backwards, size=size, beyond=beyond)


def selection(query: QueryDict | Mapping[str, Any], person: object) -> Selection:
    """What ``query`` selects of the orders that ``person`` may see. Without any filter: what is open."""
    fields = orders_filter()
    chosen = fields.parse(query)
    if not chosen.values and not chosen.problems:
        chosen = fields.parse(
            {**{name: str(query.get(name) or "") for name in ("sort", "after", "before")}, "queue": "open"}
        )
    return Selection(chosen, listing(chosen, person))


def listing(chosen: Filter, person: object) -> Listing:
    """The list behind a filter. A condition that a queue's index serves is left to the queue."""
    values = dict(chosen.values)
    queue = _first(values.pop("queue", None))
    if queue == "late":
        values["late"] = True
    if queue == "findings":
        values.setdefault("finding", (ANY,))
    waits, rows, alone = QUEUES.get(queue), visible_statuses(person), False
    if values.get("late") and waits in (None, QUEUES["open"], QUEUES["ship"]):
        waits, rows = QUEUES["ship"], rows.filter(promised_date__lt=clock.today())
        del values["late"]
        alone = not values
    if values.get("state") == ("confirmed",):
        waits = waits or QUEUES["open"]
        del values["state"]
    rows = Filter(chosen.of, values).apply(rows, lookups(person))
    alike = _alike(str(values.get("q", "")))
    few = FEW_NUMBERS >= alike > 0 or _few(values)
    return Listing(rows, waits, narrow=alone or NARROW_NUMBERS >= alike > 0 or _narrow(values), few=few)


def _first(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) and value else ""


def _few(values: Mapping[str, Any]) -> bool:
    """Whether the filter names something that has few orders; ``nobody`` as an owner names most of them."""
    return any(values[name] != NOBODY for name in FEW & set(values))


def _alike(text: str) -> int:
    """How many orders have a number that begins so, at most one more than ``NARROW_NUMBERS``; at least one, and 0 without a text."""
    return max(1, OrderStatus.objects.filter(spelled(text))[: NARROW_NUMBERS + 1].count()) if text else 0


def _narrow(values: Mapping[str, Any]) -> bool:
    return any(_short(values.get(name)) for name in ("order_date", "promised"))


def _short(days: object) -> bool:
    """Whether a range of days holds few orders; without an end it ends today, since hardly any order is dated later."""
    if not isinstance(days, Range) or days.low is None:
        return False
    return bool((days.high or clock.today()) - days.low <= NARROW_DAYS)


def lookups(person: object) -> dict[str, Lookup]:
    """What each filter means: a column of ``OrderStatus``, or a condition made from the value."""
    return {
        "q": by_number,
        "customer": by_customer,
        "state": "status",
        "delivery": "delivery",
        "invoicing": "invoicing",
        "payment": "payment",
        "production": "production",
        "late": lambda _late: late(),
        "order_date": "order_date",
        "promised": "promised_date",
        "amount": "ordered",
        "currency": lambda code: Q(currency=code.upper()),
        "source": lambda codes: Q(home__in=list(Source.objects.filter(code__in=codes).values_list("pk", flat=True))),
        "salesperson": "salesperson",
        "finding": with_findings,
        "sku": by_sku,
        "owner": partial(by_owner, person=person),
    }


def late() -> Q:
    """Open, promised before today, and not all of it has left."""
    return Q(is_open=True, delivery__in=("waiting", "partially"), promised_date__lt=clock.today())


def begins(column: str, text: str) -> Q:
    """The column begins with ``text``: as a range on SQLite, whose LIKE can't use the index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})
    return Q(**{f"{column}__startswith": text})


def by_number(text: str) -> Q:
    """Orders whose number begins so, in our spelling or in that of any source."""
    key = number_key(text)[:100]
    if not key:
        return spelled(text)
    others = Number.objects.filter(begins("key", key), kind="order").values("document__group")[:MOST_FOUND]
    return spelled(text) | Q(pk__in=others)


def spelled(text: str) -> Q:
    """Orders whose number begins with just these signs, or with their capitals."""
    typed = unicodedata.normalize("NFKC", text).strip()
    capitals = typed.upper()
    return begins("number", typed) if typed == capitals else begins("number", typed) | begins("number", capitals)


def by_customer(text: str) -> Q:
    """Orders of the customers that ``text`` means: an id (``~12``), a customer's number, or a part of a name."""
    known = Q(customer__in=customer_ids(text))
    return known if text.startswith(BY_ID) else known | Q(customer=None, customer_name__icontains=text)


def customer_ids(text: str) -> list[int]:
    """The customers that ``text`` means, at most ``MOST_FOUND`` by name."""
    ids = {*found("customer", text)}
    if not text.startswith(BY_ID):
        ids |= {*Customer.objects.filter(name__icontains=text).values_list("pk", flat=True)[:MOST_FOUND]}
    return sorted(ids)


def customer_words(text: str) -> str:
    """A customer's name for its id, for the chip."""
    if not text.startswith(BY_ID):
        return text
    return Customer.objects.filter(pk__in=found("customer", text)).values_list("name", flat=True).first() or text


def by_sku(text: str) -> Q:
    """Orders with a line of that product, in any source's spelling."""
    products = {*found("product", text), *Product.objects.filter(sku=text).values_list("pk", flat=True)}
    lines = OrderLine.objects.filter(Q(product__in=sorted(products)) | Q(product=None, sku=text))
    return Q(pk__in=lines.values("order"))


def with_findings(checks: tuple[str, ...]) -> Q:
    """Orders with an open finding, of any check or of those named."""
    rows = Finding.objects.filter(status=FindingStatus.OPEN, order__isnull=False)
    if ANY not in checks:
        rows = rows.filter(check_name__in=checks)
    return Q(pk__in=rows.values("order"))


def by_owner(text: str, *, person: object) -> Q:
    """Orders on somebody's desk: a user name, ``me``, or ``nobody``."""
    owned = Owner.objects.filter(document__kind="order")
    if text == NOBODY:
        return ~Q(pk__in=owned.values("document__group"))
    name = getattr(person, "username", "") if text == ME else text
    return Q(pk__in=owned.filter(person__username=name).values("document__group"))
