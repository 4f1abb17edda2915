"""Findings as pages show them: the sentence, what to do next, money, whose it is, how old it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

from ordertrail.findings.check import Remedy
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.parties.people import Role
from ordertrail.track.addresses import href
from ordertrail.track.gather import Gathered


@dataclass(frozen=True, slots=True)
class Way:
    """A remedy as a button: a link to a document, or else something to ask of whoever has the role."""

    remedy: Remedy
    href: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``money`` is gross in ``currency``; ``role`` says whose work it is while nobody has taken it."""

    id: int
    order: int | None
    kind: str  # "exception" or "risk"
    fact: str  # the row of "who says what" that it belongs to
    title: str
    next_step: str
    money: Decimal | None
    currency: str
    owner: Person | None
    role: str
    role_words: Promise | str
    since: datetime
    closed_at: datetime | None
    paper: str
    ways: tuple[Way, ...]
    number: str = ""  # of its order, with the page's address, where findings of several orders stand together
    href: str = ""

    @property
    def open(self) -> bool:
        """Whether it still holds."""
        return self.closed_at is None


def problem(finding: Finding) -> Problem:
    """A finding in the reader's words; one whose check is gone is shown by the check's name."""
    check = all_checks().get(finding.check_name)
    told = finding.facts
    roles = dict(Role.choices)
    return Problem(
        finding.pk,
        finding.order,
        finding.kind,
        check.fact if check else "",
        check.title(told) if check else finding.check_name,
        check.next_step(told) if check else "",
        finding.money,
        finding.currency,
        finding.owner,
        finding.role,
        roles.get(finding.role, finding.role),
        finding.since,
        None if finding.status == FindingStatus.OPEN else finding.closed_at or finding.since,
        str(told.get("paper", "")),
        tuple(_way(remedy, told) for remedy in check.remedies) if check else (),
    )


def _way(remedy: Remedy, told: dict[str, Any]) -> Way:
    """The button of a remedy; one that opens a document leads to what its source says of it."""
    document = told.get(remedy.opens) if remedy.opens else None
    if not document:
        return Way(remedy, "")
    # Whose order it is says whom the customer may be one with: the page proposes it.
    about = (
        f"?{urlencode({'order': told['number']})}#link" if remedy.opens == "customer_id" and told.get("number") else ""
    )
    return Way(remedy, href("document", int(document)) + about)


def problems(told: Gathered) -> list[Problem]:
    """All findings of an order: open ones first, exceptions before risks, the dearest first; then those that have closed,
    the latest first."""
    found = [problem(finding) for finding in told.findings]
    zero = Decimal(0)
    live = sorted((p for p in found if p.open), key=lambda p: (p.kind == "risk", -(p.money or zero), p.since, p.id))
    past = sorted((p for p in found if not p.open), key=lambda p: (str(p.closed_at), p.id), reverse=True)
    return live + past


def by_fact(found: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Findings by the fact of "who says what" that they belong to."""
    by: dict[str, list[Problem]] = defaultdict(list)
    for one in found:
        if one.fact:
            by[one.fact].append(one)
    return by


def of_orders(orders: Any, most: int) -> tuple[Problem, ...]:
    """The dearest open findings of these orders (a queryset of ids), at most ``most``."""
    rows = Finding.objects.filter(status=FindingStatus.OPEN, order__in=orders).select_related("owner")
    found = [problem(row) for row in rows.order_by("-money", "pk")[:most]]
    numbers = dict(OrderStatus.objects.filter(pk__in={one.order for one in found}).values_list("pk", "number"))
    return tuple(
        replace(one, number=numbers[one.order], href=href("order", one.order, numbers[one.order]))
        for one in found
        if one.order is not None
    )
