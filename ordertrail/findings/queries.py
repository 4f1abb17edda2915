"""Reading findings: the lists that people work from, their sums, and what came back to normal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ordertrail.findings.check import Check, Remedy
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingEvent, FindingStatus
from ordertrail.lib import clock
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.parties.models import Person

NOBODY = "nobody"
"""As an owner: findings that nobody has taken."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the findings is asked for; empty means any. ``owner``: a person's id as text, or ``NOBODY``; ``order`` and
    ``customer`` are ids; ``closed``: those that are back to normal instead of the open ones."""

    check: str = ""
    role: str = ""
    kind: str = ""
    owner: str = ""
    order: int | None = None
    customer: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words, in the reader's language."""

    title: str
    next_step: str
    label: str
    remedies: tuple[Remedy, ...]


def told(finding: Finding) -> Told:
    """The sentences of ``finding``; one whose check is no longer in the house is told by its name."""
    check: Check | None = all_checks().get(finding.check_name)
    if check is None:
        return Told(finding.check_name, "", finding.check_name, ())
    return Told(check.title(finding.facts), check.next_step(finding.facts), str(check.label), check.remedies)


def visible_to(person: object) -> QuerySet[Finding]:
    """The findings that ``person`` may see: somebody who is limited to their own customers sees those of their orders alone."""
    if only_for(person) is None:
        return Finding.objects.all()
    return Finding.objects.filter(order__in=visible_orders(person).values("pk"))


def findings(person: object, asked: Filter | None = None) -> QuerySet[Finding]:
    """The visible findings that ``asked`` names, the largest money first, those without money last."""
    asked = asked or Filter()
    found = visible_to(person).filter(status=FindingStatus.CLOSED if asked.closed else FindingStatus.OPEN)
    exact = {"check_name": asked.check, "role": asked.role, "kind": asked.kind, "order": asked.order}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if asked.owner == NOBODY:
        found = found.filter(owner=None)
    elif asked.owner:
        found = found.filter(owner=int(asked.owner)) if asked.owner.isdecimal() else found.none()
    if asked.customer:
        orders = OrderStatus.objects.filter(customer=asked.customer).values("order")
        found = found.filter(Q(order__in=orders) | Q(object_kind="customer", object=asked.customer))
    return found.select_related("owner").order_by(F("money").desc(nulls_last=True), "pk")


def open_of_order(order: int) -> list[Finding]:
    """The open findings of one order, the largest money first. Whoever may see the order may see them."""
    return list(
        Finding.objects.filter(order=order, status=FindingStatus.OPEN)
        .select_related("owner")
        .order_by(F("money").desc(nulls_last=True), "pk")
    )


def counts_by_check(found: QuerySet[Finding]) -> dict[str, int]:
    """How many of ``found`` each check has, the most first."""
    rows = found.order_by().values_list("check_name").annotate(many=Count("pk"))
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


@dataclass(frozen=True, slots=True)
class Sums:
    """How many findings, on how many orders and how many other documents without one, and the gross money by currency, each order
    counted once with its largest."""

    findings: int
    orders: int
    others: int
    money: dict[str, Decimal]


def sums(found: QuerySet[Finding]) -> Sums:
    """The sums of ``found``: a clerk who mends one thing on an order saves its money once, however many findings it has."""
    plain = found.order_by()
    each = plain.annotate(thing=Coalesce("order", -F("object"))).values("currency", "thing").annotate(most=Max("money"))
    money: dict[str, Decimal] = {}
    orders = others = 0
    for currency in plain.values_list("currency", flat=True).distinct():
        total = each.filter(currency=currency).aggregate(
            sum=Sum("most"), orders=Count("thing", filter=Q(thing__gt=0)), others=Count("thing", filter=Q(thing__lt=0))
        )
        orders, others = orders + total["orders"], others + total["others"]
        if total["sum"] is not None:
            money[currency] = total["sum"]
    return Sums(plain.count(), orders, others, money)


@dataclass(frozen=True, slots=True)
class Week:
    """What came back to normal in the week that begins on ``monday``: how many, and how long it took in the middle."""

    monday: date
    recovered: int
    median: timedelta | None


def recovered_by_week(person: object, weeks: int = 12) -> list[Week]:
    """The last ``weeks`` weeks of the company's calendar, the present one last."""
    monday = clock.today() - timedelta(days=clock.today().weekday())
    first = monday - timedelta(weeks=weeks - 1)
    since = datetime.combine(first, time(), tzinfo=clock.zone())
    took: dict[date, list[timedelta]] = defaultdict(list)
    rows = (
        visible_to(person).filter(status=FindingStatus.CLOSED, closed_at__gte=since).values_list("since", "closed_at")
    )
    for began, closed in rows:
        if closed is not None:
            day = closed.astimezone(clock.zone()).date()
            took[day - timedelta(days=day.weekday())].append(closed - began)
    mondays = (first + timedelta(weeks=week) for week in range(weeks))
    return [Week(day, len(took[day]), _median(took[day])) for day in mondays]


def recovered_lately(person: object, limit: int = 5) -> list[Finding]:
    """The findings that went back to normal last."""
    found = visible_to(person).filter(status=FindingStatus.CLOSED).select_related("owner")
    return list(found.order_by("-closed_at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of the findings on which a remedy was chosen."""

    remedy: str
    chosen: int
    recovered: int
    median: timedelta | None


def remedies_at_work(person: object, days: int = 90) -> list[Effect]:
    """Which remedies were chosen in the last ``days`` days, and how long after it things were back to normal; most chosen first."""
    events = (
        FindingEvent.objects.filter(what="given", at__gte=clock.now() - timedelta(days=days))
        .filter(finding__in=visible_to(person).values("pk"))
        .select_related("finding")
        .order_by("at")
    )
    chosen: dict[str, dict[int, FindingEvent]] = defaultdict(dict)
    for event in events:
        if remedy := event.facts.get("remedy", ""):
            chosen[remedy].setdefault(event.finding_id, event)
    found = [_effect(remedy, by_finding.values()) for remedy, by_finding in chosen.items()]
    return sorted(found, key=lambda effect: (-effect.chosen, effect.remedy))


def _effect(remedy: str, events: Iterable[FindingEvent]) -> Effect:
    listed = list(events)
    took = [event.finding.closed_at - event.at for event in listed if event.finding.closed_at is not None]
    return Effect(remedy, len(listed), len(took), _median(took))


def _median(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def history(finding: Finding) -> list[FindingEvent]:
    """Every step of a finding's life, the oldest first, with who did it."""
    return list(finding.history.select_related("actor").order_by("at", "pk"))


def people_for(role: str) -> list[Person]:
    """Who may be given work of ``role``: its people first, then all others who own findings, by name."""
    people = Person.objects.filter(is_active=True).exclude(role="guest")
    key: Any = lambda person: (person.role != role, person.display_name)  # noqa: E731
    return sorted(people, key=key)
