"""The timeline of an order: what happened to it in all systems, and what people and rules here did about it, in one order.

The order of events is (when it happened, rank of the activity, position of the source, the source's own sequence, number):
never when a row was written (architecture.md §5). What is known only by its day stands at the end of that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from ordertrail.lib.moments import moment
from ordertrail.records.models import SourceDocument
from ordertrail.track.addresses import href
from ordertrail.track.differences import Difference, differences
from ordertrail.track.gather import Gathered, Told
from ordertrail.track.when import exact

ACTIVITIES = (
    "opened", "ordered", "linked", "unlinked", "changed", "started", "finished", "shipped", "returned", "arrived", "invoiced",
    "credited", "paid", "refunded", "lost", "finding_opened", "finding_taken", "finding_given", "finding_dropped",
    "finding_noted", "finding_changed", "finding_closed", "taken", "handed_over", "done", "commented",
)  # fmt: skip
"""Every activity, in the order in which events of one instant stand."""

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``at`` is the instant, or with ``by_day`` the end of the local day ``day``; ``learned_at`` when we
    learned it; ``object`` is (kind, id, number); ``source`` a source's id, ``actor`` a person's name, either may be empty."""

    at: datetime
    day: date
    by_day: bool
    learned_at: datetime
    activity: str
    kind: str
    object: int
    number: str
    source: int | None = None
    sequence: str = ""
    actor: str = ""
    detail: Detail = field(default_factory=dict)

    @property
    def href(self) -> str:
        """The page of the object; "" where it has none of its own."""
        return "" if self.kind in ("finding", "comment") else href(self.kind, self.object, self.number)

    @property
    def moment(self) -> datetime | date:
        """The instant, or the day where no more is known."""
        return self.day if self.by_day else self.at


def timeline(told: Gathered) -> list[Event]:
    """Every event around an order, oldest first."""
    position = {source.pk: (source.position, source.pk) for source in told.sources.values()}
    rank = {activity: place for place, activity in enumerate(ACTIVITIES)}

    def place(event: Event) -> tuple[Any, ...]:
        source = position.get(event.source or 0, (99, 0))
        return event.at, rank[event.activity], source, event.sequence, event.number, event.object

    maker = _Maker(told)
    events = [*maker.documents(), *maker.versions(), *maker.people(), *maker.findings()]
    return sorted(events, key=place)


class _Maker:
    """Makes the events of one order."""

    def __init__(self, told: Gathered) -> None:
        self.told = told
        self.first: dict[int, datetime] = {}
        self.home: dict[int, SourceDocument] = {}
        for document in told.documents:
            if document.pk == document.group:
                self.home[document.group] = document
            versions = told.versions.get(document.pk, ())
            if versions:
                learned = min(version.learned_at for version in versions)
                self.first[document.group] = min(self.first.get(document.group, learned), learned)

    def _event(
        self, activity: str, kind: str, row: Any, when: datetime | date | None, **detail: Any
    ) -> Iterator[Event]:
        """An event of a document; none where its time is not known."""
        at, day, exactness = moment(exact(when) or _local_day(when) if isinstance(when, datetime) else when)
        if at is None or day is None:
            return
        home = self.home.get(row.pk)
        yield Event(
            at, day, exactness == "day", self.first.get(row.pk, at), activity, kind, row.pk, row.number, row.home_id,
            home.version if home else "", detail={**detail, "reported": bool(getattr(row, "reported", False))},
        )  # fmt: skip

    def documents(self) -> Iterator[Event]:
        """What happened to the order, its goods, bills and money."""
        order = self.told.order
        yield from self._event("ordered", "order", order, order.order_date, amount=self.told.status.ordered)
        for opportunity in self.told.opportunities:
            yield from self._event("opened", "opportunity", opportunity, opportunity.opened_date)
        for work in self.told.work_orders:
            yield from self._event("started", "work_order", work, work.start_at, qty=work.planned_qty)
            yield from self._event("finished", "work_order", work, work.finished_at, qty=work.finished_qty)
        for project in self.told.projects:
            yield from self._event("started", "project", project, project.start_date)
            yield from self._event("finished", "project", project, project.finished_date)
        yield from self._goods()
        yield from self._bills()
        yield from self._money()

    def _goods(self) -> Iterator[Event]:
        qty: dict[int, Any] = {}
        rows = {row.shipment_id: row.shipment for row in self.told.shipment_lines if row.counts}
        for row in self.told.shipment_lines:
            qty[row.shipment_id] = qty.get(row.shipment_id, 0) + row.qty
        for pk, shipment in rows.items():
            _, orders = self.told.shipment_totals[pk]
            back = shipment.direction == "in"
            activity = "returned" if back else "shipped"
            yield from self._event(activity, "shipment", shipment, shipment.shipped_at, qty=abs(qty[pk]), orders=orders)
            if not back:
                yield from self._event("arrived", "shipment", shipment, shipment.arrived_at, qty=qty[pk])

    def _bills(self) -> Iterator[Event]:
        for share in self.told.invoice_shares:
            if share.counts:
                invoice = share.invoice
                activity = "credited" if invoice.type == "credit_note" else "invoiced"
                orders = self.told.invoice_orders.get(invoice.pk, 1)
                yield from self._event(
                    activity,
                    "invoice",
                    invoice,
                    invoice.invoice_date,
                    amount=share.gross,
                    whole=invoice.total,
                    orders=orders,
                )

    def _money(self) -> Iterator[Event]:
        amounts: dict[int, Any] = {}
        rows = {share.payment_id: share.payment for share in self.told.payment_shares if share.counts}
        for share in self.told.payment_shares:
            amounts[share.payment_id] = amounts.get(share.payment_id, 0) + share.amount
        for pk, payment in rows.items():
            activity = "paid" if payment.amount >= 0 else "refunded"
            yield from self._event(
                activity, "payment", payment, payment.paid_at, amount=amounts[pk], whole=payment.amount
            )

    def versions(self) -> Iterator[Event]:
        """What sources changed in the order itself after they first told of it, and what they lost."""
        for document in self.told.documents:
            versions = self.told.versions.get(document.pk, ())
            if document.kind == "order":
                for before, after in pairwise(in_force(versions)):
                    changed = self._changes(before, after)
                    if changed:
                        yield self._said("changed", document, after.learned_at, after.version, changes=changed)
            if document.gone_at is not None:
                yield self._said("lost", document, document.gone_at, "")

    @staticmethod
    def _changes(before: Told, after: Told) -> list[Difference]:
        return differences(before.record, after.record) if before.record and after.record else []

    def _said(self, activity: str, document: SourceDocument, at: datetime, version: str, **detail: Any) -> Event:
        _, day, _ = moment(at)
        return Event(
            at, day or at.date(), False, at, activity, document.kind, document.pk, document.number, document.source_id,
            version, detail=detail,
        )  # fmt: skip

    def people(self) -> Iterator[Event]:
        """What people here wrote and did."""
        order = self.told.order
        for comment in self.told.comments:
            yield self._here(
                "commented", order, comment.at, str(comment.author), text=comment.text, sequence=comment.pk
            )
        verbs = {"link": "linked", "unlink": "unlinked", "take": "taken", "hand_over": "handed_over"}
        for act in self.told.acts:
            if act.verb != "comment":
                activity = verbs.get(act.verb, "done")
                actor = str(act.actor) if act.actor else ""
                yield self._here(activity, order, act.at, actor, verb=act.verb, told=act.detail, sequence=act.pk)

    def _here(self, activity: str, order: Any, at: datetime, actor: str, *, sequence: int, **detail: Any) -> Event:
        _, day, _ = moment(at)
        return Event(
            at, day or at.date(), False, at, activity, "order", order.pk, order.number, actor=actor,
            sequence=f"{sequence:020}", detail=detail,
        )  # fmt: skip

    def findings(self) -> Iterator[Event]:
        """What the rules found, and what became of it."""
        names = {
            "opened": "finding_opened",
            "reopened": "finding_opened",
            "closed": "finding_closed",
            "taken": "finding_taken",
            "given": "finding_given",
            "dropped": "finding_dropped",
            "noted": "finding_noted",
        }
        for event in self.told.finding_events:
            _, day, _ = moment(event.at)
            yield Event(
                event.at, day or event.at.date(), False, event.at, names.get(event.what, "finding_changed"), "finding",
                event.finding_id, "", actor=str(event.actor) if event.actor else "", sequence=f"{event.pk:020}",
                detail={"finding": event.finding, "what": event.what, "text": event.facts.get("text", "")},
            )  # fmt: skip


def in_force(versions: Sequence[Told]) -> list[Told]:
    """The versions that were current at some time: one that came late, older than what was known, never was."""
    found: list[Told] = []
    for told in versions:
        if not found or not told.version or told.version >= found[-1].version:
            found.append(told)
    return found


def _local_day(at: datetime | None) -> date | None:
    return moment(at)[1]


def newest_first(events: Iterable[Event]) -> list[Event]:
    """For reading: the latest at the top, what stands at the end of a day above that day's instants."""
    return list(reversed(list(events)))
