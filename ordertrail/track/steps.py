"""The life strip: the steps of an order over all systems, each with its dates, documents and waiting days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from ordertrail.desk.agree import Beliefs
from ordertrail.track import life
from ordertrail.track.gather import Gathered
from ordertrail.track.life import Measure, Segment, Span
from ordertrail.track.things import Thing

ZERO = Decimal(0)
ICONS = {
    "opportunity": "bulb",
    "order": "writing-sign",
    "production": "tool",
    "project": "briefcase",
    "shipped": "truck-delivery",
    "arrived": "map-pin-check",
    "invoiced": "receipt-2",
    "paid": "coin-yuan",
}
ENDED = ("cancelled", "closed", "done")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``state`` is done, part, todo or over; ``done_of`` and ``of`` are quantities, or amounts where ``currency`` is
    given; ``first`` and ``last`` are the days on which it came forward, ``waited`` and ``worked`` working days."""

    key: str
    words: str
    icon: str
    state: str
    first: date | None
    last: date | None
    done_of: Decimal | None
    of: Decimal | None
    currency: str
    things: tuple[Thing, ...]
    waited: int
    worked: int
    open: bool = False

    @property
    def left(self) -> Decimal:
        """What is still to come of it, never below zero."""
        return max(ZERO, (self.of or ZERO) - (self.done_of or ZERO))


@dataclass(frozen=True, slots=True)
class Life:
    """The strip and its ruler."""

    steps: tuple[Step, ...]
    measure: Measure
    segments: tuple[Segment, ...]
    going: bool


def words() -> dict[str, str]:
    """The steps' names; "" is the time since the last of them."""
    return {
        "opportunity": _("Opportunity"),
        "order": _("Order"),
        "production": _("Production"),
        "project": _("Project"),
        "shipped": _("Shipping"),
        "arrived": _("Arrival"),
        "invoiced": _("Invoicing"),
        "paid": _("Payment"),
        "": _("since then"),
    }


@dataclass(frozen=True, slots=True)
class _Draft:
    """A step before it is measured."""

    span: Span
    state: str
    done_of: Decimal | None = None
    of: Decimal | None = None
    currency: str = ""
    things: Sequence[Thing] = ()


def build(told: Gathered, things: Sequence[Thing], today: date, opened: str = "") -> Life:
    """The strip of an order; ``opened`` is the key of the step that is shown open, by default the first that is not done."""
    drafts = [draft for draft in _drafts(told, things) if draft is not None]
    going = told.status.status not in ENDED
    measured = life.measure([draft.span for draft in drafts], today, going=going)
    keys = [draft.span.key for draft in drafts]
    unfinished = (draft.span.key for draft in drafts if draft.state != "done")
    shown = opened if opened in keys else next(unfinished, "") if going else ""
    names = words()
    steps = tuple(_step(draft, measured, names, shown, today) for draft in drafts)
    return Life(steps, measured, tuple(life.ruler(measured, names)), going)


def _step(draft: _Draft, measured: Measure, names: dict[str, str], shown: str, today: date) -> Step:
    key = draft.span.key
    days = sorted(day for day in draft.span.days() if day <= today)
    waited, worked = measured.of(key)
    return Step(
        key, names[key], ICONS[key], draft.state, days[0] if days else None, days[-1] if days else None, draft.done_of,
        draft.of, draft.currency, tuple(draft.things), waited, worked, key == shown,
    )  # fmt: skip


def _drafts(told: Gathered, things: Sequence[Thing]) -> Iterable[_Draft | None]:
    of = {kind: [thing for thing in things if thing.kind == kind] for kind in
          ("opportunity", "order", "work_order", "project", "shipment", "invoice", "payment")}  # fmt: skip
    return (
        _opportunity(told, of["opportunity"]),
        _order(told, of["order"]),
        _production(told, of["work_order"]),
        _project(told, of["project"]),
        _shipped(told, of["shipment"]),
        _arrived(told, of["shipment"]),
        _invoiced(told, of["invoice"]),
        _paid(told, of["payment"]),
    )


def _days(values: Iterable[date | None]) -> tuple[date, ...]:
    return tuple(sorted({value for value in values if value is not None}))


def _opportunity(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    if not told.opportunities:
        return None
    points = _days(row.opened_date for row in told.opportunities)
    works = tuple(
        (row.opened_date, row.closed_date) for row in told.opportunities if row.opened_date and row.closed_date
    )
    return _Draft(Span("opportunity", points, works), "done", things=things)


def _order(told: Gathered, things: Sequence[Thing]) -> _Draft:
    status = told.status
    state = "todo" if status.status in ("draft", "quoted") else "done"
    return _Draft(
        Span("order", _days([told.order.order_date])), state, status.ordered, None, told.order.currency, things
    )


def _production(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    rows = [row for row in told.work_orders if row.counts]
    if not rows:
        return None
    status = told.status
    works = tuple(
        (row.start_date, row.finished_date if row.finished_date or row.state in ("done", "cancelled") else None)
        for row in rows
        if row.start_date and (row.finished_date or row.state == "running")
    )
    span = Span("production", _days(row.finished_date for row in rows), works)
    return _Draft(span, _state(status.production), status.finished_qty, status.planned_qty, things=things)


def _project(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    rows = [row for row in told.projects if row.state != "cancelled"]
    if not rows:
        return None
    works = tuple((row.start_date, row.finished_date) for row in rows if row.start_date)
    done = all(row.state == "done" for row in rows)
    started = any(row.start_date for row in rows)
    spent = sum((row.spent_hours or ZERO for row in rows), ZERO)
    planned = sum((row.planned_hours or ZERO for row in rows), ZERO)
    state = "done" if done else "part" if started else "todo"
    return _Draft(
        Span("project", _days(row.finished_date for row in rows), works), state, spent, planned, things=things
    )


def _shipped(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    status = told.status
    if status.delivery == "not_required" and not things:
        return None
    points = _days(row.shipment.shipped_date for row in told.shipment_lines if row.counts and row.qty > 0)
    return _Draft(Span("shipped", points), _state(status.delivery), status.shipped_qty, _wanted(told), things=things)


def _wanted(told: Gathered) -> Decimal:
    """What is to go out in all: shipped and still to ship."""
    return told.status.shipped_qty + told.status.to_ship_qty


def _arrived(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    rows = [row for row in told.shipment_lines if row.counts and row.qty > 0]
    there = [row for row in rows if row.shipment.arrived_date]
    if not there:
        return None
    works = tuple(
        (row.shipment.shipped_date, row.shipment.arrived_date)
        for row in there
        if row.shipment.shipped_date and row.shipment.arrived_date
    )
    qty, of = sum((row.qty for row in there), ZERO), _wanted(told)
    span = Span("arrived", _days(row.shipment.arrived_date for row in there), works)
    arrived = {row.shipment_id for row in there}
    return _Draft(span, "done" if qty >= of else "part", qty, of, things=[t for t in things if t.id in arrived])


def _invoiced(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    if not things and not _expected(told, "invoice"):
        return None
    status = told.status
    points = _days(share.invoice.invoice_date for share in told.invoice_shares if share.counts)
    return _Draft(
        Span("invoiced", points),
        _state(status.invoicing),
        status.invoiced,
        status.effective,
        told.order.currency,
        things,
    )


def _paid(told: Gathered, things: Sequence[Thing]) -> _Draft | None:
    if not things and not _expected(told, "money"):
        return None
    status = told.status
    points = _days(share.payment.paid_date for share in told.payment_shares if share.counts)
    money = status.paid + status.deposit
    return _Draft(Span("paid", points), _state(status.payment), money, status.effective, told.order.currency, things)


def _expected(told: Gathered, family: str) -> bool:
    """Whether some source tells of such facts, and the order is alive."""
    beliefs = Beliefs(tuple(told.sources.values()))
    return beliefs.told(family) and told.status.status not in ("draft", "quoted", "cancelled")


def _state(axis: str) -> str:
    """An axis' value as the state of a step.

    >>> [_state(value) for value in ("partially", "fully", "over", "unpaid")]
    ['part', 'done', 'over', 'todo']
    """
    states = {"partially": "part", "over": "over", "overpaid": "over"}
    return "done" if axis in ("done", "fully", "paid", "refunded") else states.get(axis, "todo")
