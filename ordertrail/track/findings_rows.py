"""The rows of the findings list: what is wrong, on which document, since when, for how much, whose it is, what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise

from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import Finding
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import SourceDocument
from ordertrail.track.addresses import PAGES, href
from ordertrail.track.problems import Problem, Way, problem


@dataclass(frozen=True, slots=True)
class Row:
    """One finding. ``number`` and ``href`` are those of its order, else of the document it is about."""

    problem: Problem
    check_name: str
    label: Promise | str
    number: str
    href: str
    customer: str
    took: timedelta | None

    @property
    def first_way(self) -> Way | None:
        """The remedy that stands as a button."""
        return self.problem.ways[0] if self.problem.ways else None


def rows_of(found: Sequence[Finding]) -> list[Row]:
    """The rows of a page; two queries, whatever their number."""
    statuses = OrderStatus.objects.filter(pk__in={f.order for f in found if f.order is not None})
    orders = {status.pk: status for status in statuses.only("number", "customer_name")}
    others: dict[str, set[int]] = defaultdict(set)
    for finding in found:
        if finding.order not in orders:
            others[finding.object_kind].add(finding.object)
    wanted = {pk for ids in others.values() for pk in ids}
    numbers = dict(SourceDocument.objects.filter(pk__in=wanted).values_list("pk", "number"))
    return [_row(finding, orders.get(finding.order or 0), numbers) for finding in found]


def _row(finding: Finding, order: OrderStatus | None, numbers: dict[int, str]) -> Row:
    check = all_checks().get(finding.check_name)
    if order is not None:
        number, address = order.number, href("order", order.pk, order.number)
    else:
        number = numbers.get(finding.object, "")
        known = finding.object_kind in PAGES and finding.object in numbers
        address = href(finding.object_kind, finding.object, number) if known else ""
    return Row(
        problem(finding),
        finding.check_name,
        check.label if check else finding.check_name,
        number,
        address,
        order.customer_name if order else str(finding.facts.get("customer_name", "")),
        finding.closed_at - finding.since if finding.closed_at else None,
    )
