"""The rows of the orders list: an order's status with what a clerk asks of it: how late, what comes next, what is wrong, whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.conf import settings
from django.db.models import Count, F, Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.desk.models import Owner
from ordertrail.findings.models import Finding, FindingStatus
from ordertrail.lib import clock
from ordertrail.orders.listing import SUMMED, Sums
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Person
from ordertrail.track.addresses import BY_ID, href
from ordertrail.web.axes import look

WAITING = ("waiting", "partially")
NEXT = {
    "production": _("In production"),
    "ship": _("To ship"),
    "invoice": _("To invoice"),
    "collect": _("To collect"),
}
"""What an open order waits for."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The open findings of an order: how many, and the worst of their kinds ("exception" before "risk")."""

    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One order of the list. ``share`` is how far each axis is, 0 to 1, where that can be said; ``other_currency`` is empty
    for the company's own."""

    status: OrderStatus
    href: str
    late_days: int
    next_step: Promise | str
    share: dict[str, Decimal | None]
    wrong: Wrong | None
    owner: Person | None

    @property
    def key(self) -> str:
        """What names the order in a form, whoever else bears its number."""
        return f"{BY_ID}{self.status.pk}"

    @property
    def other_currency(self) -> str:
        """The order's currency where it is not the company's."""
        return "" if self.status.currency == settings.COMPANY.currency else self.status.currency

    @property
    def more_lines(self) -> int:
        """Lines beside the one whose product is named."""
        return max(0, self.status.line_count - 1)


def rows_of(found: Sequence[OrderStatus]) -> list[Row]:
    """The rows of a page; two queries, whatever their number."""
    ids = [status.pk for status in found]
    wrong, owners, today = wrong_with(ids), owners_of(ids), clock.today()
    return [
        Row(
            status,
            href("order", status.pk, status.number),
            late_days(status, today),
            next_step(status),
            shares(status),
            wrong.get(status.pk),
            owners.get(status.pk),
        )
        for status in found
    ]


def wrong_with(ids: Sequence[int]) -> dict[int, Wrong]:
    """The open findings of these orders, by order."""
    open_ = Finding.objects.filter(order__in=ids, status=FindingStatus.OPEN).values("order")
    # "exception" sorts before "risk": the least kind is the worst.
    rows = open_.annotate(n=Count("pk"), worst=Min("kind")).values_list("order", "n", "worst")
    return {order: Wrong(count, worst) for order, count, worst in rows if order is not None}


def owners_of(ids: Sequence[int]) -> dict[int, Person]:
    """Who has these orders on their desk; where several source documents of an order are owned, the latest taken counts."""
    rows = Owner.objects.filter(document__group__in=ids, document__kind="order").select_related("person")
    return {row.group: row.person for row in rows.annotate(group=F("document__group")).order_by("since")}


def late_days(status: OrderStatus, today: date) -> int:
    """By how many days the promise has passed while something is still to ship; 0 when it has not."""
    if not status.is_open or status.delivery not in WAITING or status.promised_date is None:
        return 0
    return max(0, (today - status.promised_date).days)


def next_step(status: OrderStatus) -> Promise | str:
    """What an open order waits for, else its state."""
    if not status.is_open:
        return look("order", status.status).words
    if status.delivery in WAITING:
        return NEXT["production"] if status.production in WAITING else NEXT["ship"]
    if status.invoicing in ("to_invoice", "partially"):
        return NEXT["invoice"]
    return NEXT["collect"]


def shares(status: OrderStatus) -> dict[str, Decimal | None]:
    """How far each axis is, never rounded up: what is not done is not 100 %.

    >>> from decimal import Decimal as D
    >>> one = OrderStatus(shipped_qty=D(6), to_ship_qty=D(4), invoiced=D(678), effective=D(1130), paid=D(548), deposit=D(0),
    ...     finished_qty=D(8), planned_qty=D(10))
    >>> {axis: str(share) for axis, share in shares(one).items()}
    {'delivery': '0.60', 'invoicing': '0.60', 'payment': '0.48', 'production': '0.80'}
    """
    return {
        "delivery": _part(status.shipped_qty, status.shipped_qty + status.to_ship_qty),
        "invoicing": _part(status.invoiced, status.effective),
        "payment": _part(status.paid + status.deposit, status.effective),
        "production": _part(status.finished_qty, status.planned_qty),
    }


def _part(done: Decimal, of: Decimal) -> Decimal | None:
    return min(Decimal(1), max(Decimal(0), (done / of).quantize(Decimal("0.01"), ROUND_DOWN))) if of > 0 else None


def page_sums(rows: Sequence[Row]) -> list[Sums]:
    """What the rows of a page add up to: one row a currency, in the order in which they first appear."""
    by: dict[str, list[OrderStatus]] = {}
    for row in rows:
        by.setdefault(row.status.currency, []).append(row.status)
    return [Sums(currency, len(mine), *(_added(mine, name) for name in SUMMED)) for currency, mine in by.items()]


def _added(mine: Sequence[OrderStatus], name: str) -> Decimal:
    return sum((getattr(status, name) for status in mine), Decimal(0))
