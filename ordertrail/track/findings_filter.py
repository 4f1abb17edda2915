"""What the findings list can be narrowed to, and what each filter means in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.findings.queries import visible_to
from ordertrail.lib import clock
from ordertrail.lib.fields import MoneyField
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.people import Role
from ordertrail.track.addresses import found
from ordertrail.track.orders_filter import ME, NOBODY, customer_ids, customer_words
from ordertrail.web.filters import Field, Filter, FilterSet, Kind, Lookup, Sort

TABS = {
    "open": _("All"),
    "mine": _("Mine"),
    "exception": _("Exceptions"),
    "risk": _("Risks"),
    "closed": _("Back to normal · 7 days"),
}
"""The tabs of the list."""
RECENT = timedelta(days=7)
LEAST = Decimal(-(10**12))
"""Where a finding without money stands: behind all that have some."""

SORTS = (
    Sort("money", _("At stake"), "weight", descending=True),
    Sort("since", _("Since"), "since"),
    Sort("closed", _("Closed"), "closed_at", descending=True, nullable=True),
)


def findings_filter() -> FilterSet:
    """The fields of the findings list."""
    checks = tuple((name, check.label) for name, check in all_checks().items())
    roles = tuple((value, words) for value, words in Role.choices if value != Role.GUEST)
    return FilterSet(
        fields=(
            Field("q", _("Number"), search=True),
            Field("tab", _("Tab"), Kind.CHOICE, tuple(TABS.items()), apart=True),
            Field("check", _("Check"), Kind.CHOICE, checks),
            Field("role", _("Whose work"), Kind.CHOICE, roles),
            Field("owner", _("Owner")),
            Field("customer", _("Customer"), tell=customer_words),
            Field("since", _("Since"), Kind.DATES),
            Field("amount", _("At stake"), Kind.NUMBERS),
        ),
        sorts=SORTS,
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The findings that a query string means for a person."""

    chosen: Filter
    tab: str
    rows: QuerySet[Finding]


def selection(query: QueryDict | Mapping[str, Any], person: object) -> Selection:
    """What ``query`` selects of the findings that ``person`` may see; without a tab: the open ones."""
    chosen = findings_filter().parse(query)
    values = dict(chosen.values)
    wanted = values.pop("tab", ("open",))
    tab = str(wanted[0]) if isinstance(wanted, tuple) else "open"
    rows = in_tab(visible_to(person), tab, person).annotate(weight=weight())
    return Selection(chosen, tab, Filter(chosen.of, values).apply(rows, lookups(person)))


def weight() -> Coalesce:
    """The money of a finding for sorting."""
    return Coalesce("money", Value(LEAST, output_field=MoneyField()), output_field=MoneyField())


def in_tab(rows: QuerySet[Finding], tab: str, person: object) -> QuerySet[Finding]:
    """The findings of one tab."""
    if tab == "closed":
        return rows.filter(status=FindingStatus.CLOSED, closed_at__gte=clock.now() - RECENT)
    rows = rows.filter(status=FindingStatus.OPEN)
    if tab == "mine":
        return rows.filter(owner=getattr(person, "pk", None))
    return rows.filter(kind=tab) if tab in ("exception", "risk") else rows


def lookups(person: object) -> dict[str, Lookup]:
    """What each filter means."""
    return {
        "q": by_number,
        "check": "check_name",
        "role": "role",
        "owner": partial(by_owner, person=person),
        "customer": by_customer,
        "since": by_days,
        "amount": "money",
    }


def by_number(text: str) -> Q:
    """Findings about the document with that number, or about an order whose number begins so."""
    begun = OrderStatus.objects.filter(number__istartswith=text).values("pk")
    return Q(order__in=begun) | Q(order__in=found("order", text)) | Q(facts__number=text)


def by_customer(text: str) -> Q:
    """Findings of a customer's orders, and about the customer."""
    ids = customer_ids(text)
    return Q(order__in=OrderStatus.objects.filter(customer__in=ids).values("pk")) | Q(
        object_kind="customer", object__in=ids
    )


def by_owner(text: str, *, person: object) -> Q:
    """Findings on somebody's desk: a user name, ``me``, or ``nobody``."""
    if text == NOBODY:
        return Q(owner=None)
    return Q(owner__username=getattr(person, "username", "") if text == ME else text)


def by_days(days: Any) -> Q:
    """Findings that began on one of these days, in the company's zone."""
    ends = {"gte": days.low, "lt": days.high and days.high + timedelta(days=1)}
    return Q(
        **{f"since__{end}": datetime.combine(day, time(), tzinfo=clock.zone()) for end, day in ends.items() if day}
    )
