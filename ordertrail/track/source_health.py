"""Data health across systems: how much of what they say has been brought together, and where it has not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils.functional import Promise

from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import FindingStatus
from ordertrail.findings.queries import visible_to
from ordertrail.orders.queries import visible_statuses

DIFFERS = "_differs"
UNMATCHED = "unmatched_"


@dataclass(frozen=True, slots=True)
class Concern:
    """Findings of one check: its name, its words, how many are open."""

    check: str
    words: Promise | str
    count: int


@dataclass(frozen=True, slots=True)
class Health:
    """``matched`` of ``orders`` have a customer that is known; ``differing``: facts on which systems disagree."""

    orders: int
    matched: int
    differing: int
    concerns: list[Concern]

    @property
    def share(self) -> Decimal | None:
        """The part of the orders that is matched, never rounded up to all."""
        return Decimal(self.matched) / self.orders if self.orders else None


def health(person: object) -> Health:
    """The figures of now, of what ``person`` may see: three queries."""
    rows = visible_to(person).filter(status=FindingStatus.OPEN).values_list("check_name").annotate(many=Count("pk"))
    counts = dict(rows)
    checks = all_checks()
    orders = visible_statuses(person).count()
    unmatched = visible_statuses(person).filter(customer=None).count()
    return Health(
        orders,
        orders - unmatched,
        sum(count for name, count in counts.items() if name.endswith(DIFFERS)),
        [
            Concern(name, check.label, counts.get(name, 0))
            for name, check in checks.items()
            if name.startswith(UNMATCHED)
        ],
    )
