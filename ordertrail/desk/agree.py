"""Whose words count: for each order and family of facts, the rows of one source, and of no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.lib import bulk
from ordertrail.lib.prepared import Prepared
from ordertrail.orders.models import Order
from ordertrail.records.models import DESK, Source, SourceDocument
from ordertrail.records.rules import NEVER, Standing, believed, source_of, standing
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.work.models import WorkOrder

FAMILIES = ("goods", "invoice", "money", "production")


@dataclass(frozen=True)
class Beliefs:
    """The company's precedence: its sources with their ranks and scopes, read once a transaction."""

    sources: tuple[Source, ...]

    @classmethod
    def now(cls) -> Beliefs:
        """The precedence as it is set now."""
        return cls(tuple(_SOURCES()))

    @cached_property
    def by_id(self) -> dict[int, Source]:
        """The sources by id."""
        return {source.pk: source for source in self.sources}

    def ranks(self, kind: str) -> dict[int, int]:
        """Each source's rank on documents of ``kind``."""
        return {source.pk: source.rank(kind) for source in self.sources}

    def standing(self, family: str, source: int, *, reported: bool = False) -> int:
        """The standing of a source's rows in ``family``."""
        told = self.by_id[source]
        return standing(source, getattr(told, f"{family}_rank"), getattr(told, f"{family}_scope"), reported=reported)

    def standings(self, family: str) -> Standing:
        """The standing of any source's rows in ``family``, as rooms below ask for it."""
        return lambda source, reported: self.standing(family, source, reported=reported)

    def told(self, family: str) -> bool:
        """Whether some system speaks of this family at all: an axis that nobody tells of keeps no mirrored order open. (Of an order
        of our own the desk tells all.)"""
        spoken = (source for source in self.sources if source.active and source.kind != DESK)
        return any(getattr(source, f"{family}_scope") for source in spoken)

    def silent(self, family: str) -> tuple[list[int], dict[int, int]]:
        """Standings of sources whose silence means 0 for every order, and (source → standing) for each order that it knows."""
        # Silence stands where a bare figure does: it is less than a paper, and must not hide the source's own figure.
        scoped = [source for source in self.sources if source.active]
        stands = {source.pk: self.standing(family, source.pk, reported=True) for source in scoped}
        every = [stands[s.pk] for s in scoped if getattr(s, f"{family}_scope") == "all"]
        known = {s.pk: stands[s.pk] for s in scoped if getattr(s, f"{family}_scope") == "orders"}
        return every, known


_SOURCES = Prepared(Source.objects.all)


def agree(orders: Collection[int], beliefs: Beliefs) -> dict[int, tuple[int | None, ...]]:
    """Set ``counts`` on every link row of these orders; returns per order the source believed in each of ``FAMILIES``."""
    if not orders:
        return {}
    rows = _rows(orders)
    best = _all_best(orders, beliefs, rows)
    for model, _, family, done in _ROWS:
        _mark(model, done, rows[model], best[family])
    return _sources(orders, best)


def believed_by(orders: Collection[int], beliefs: Beliefs) -> dict[int, tuple[int | None, ...]]:
    """Per order the source believed in each of ``FAMILIES``, without writing anything."""
    return _sources(orders, _all_best(orders, beliefs, _rows(orders)))


def who_bills(orders: Collection[int], beliefs: Beliefs) -> dict[int, int]:
    """Per order the standing whose invoices count: what a payment for the order itself is set against."""
    return _best("invoice", orders, beliefs, _who_knows(orders), _rows(orders, ("invoice",)))


def _all_best(orders: Collection[int], beliefs: Beliefs, rows: Rows) -> dict[str, dict[int, int]]:
    knows = _who_knows(orders)
    return {family: _best(family, orders, beliefs, knows, rows) for family in FAMILIES}


def _sources(orders: Collection[int], best: dict[str, dict[int, int]]) -> dict[int, tuple[int | None, ...]]:
    return {order: tuple(source_of(best[family].get(order, NEVER)) for family in FAMILIES) for order in orders}


def _who_knows(orders: Collection[int]) -> dict[int, set[int]]:
    """Which sources have the order itself."""
    knows: dict[int, set[int]] = defaultdict(set)
    for order, source in bulk.select(
        f'SELECT "group", source_id FROM {bulk.table(SourceDocument)}'
        f" WHERE \"group\" IN {bulk.among()} AND kind = 'order' AND gone_at IS NULL",
        [bulk.bound(orders)],
    ):
        knows[order].add(source)
    return knows


_ROWS: tuple[tuple[type[models.Model], str, str, str], ...] = (
    (ShipmentLine, "shipment", "goods", "done"),
    (InvoiceLine, "invoice", "invoice", "posted"),
    (InvoiceShare, "invoice", "invoice", "posted"),
    (PaymentShare, "payment", "money", "done"),
    (WorkOrder, "", "production", ""),
)
"""Link rows, their document, family, and the state in which the document counts ("" : any but cancelled)."""

_PARENTS: dict[str, type[models.Model]] = {"shipment": Shipment, "invoice": Invoice, "payment": Payment}


Row = tuple[int, int, int, bool, str]
"""(id, order, standing, counts, state of the document); a document in another currency than the order is as good as cancelled:
its amounts can't be added to the order's. So is the share of an allocation that was taken back."""
Rows = dict[type[models.Model], list[Row]]


def _rows(orders: Collection[int], families: Collection[str] = FAMILIES) -> Rows:
    """The link rows of these orders in these families, by their model."""
    return {model: _rows_of(model, parent, orders) for model, parent, family, _ in _ROWS if family in families}


def _rows_of(model: type[models.Model], parent: str, orders: Collection[int]) -> list[Row]:
    table = bulk.table(model)
    join = f"JOIN {bulk.table(_PARENTS[parent])} d ON d.id = r.{parent}_id" if parent else ""
    state = "d.state" if parent else "r.state"
    if parent in ("invoice", "payment"):
        join += f" JOIN {bulk.table(Order)} o ON o.id = r.order_id"
        state = "CASE WHEN d.currency <> o.currency THEN 'cancelled' ELSE d.state END"
    if model is PaymentShare:
        join += f" LEFT JOIN {bulk.table(Allocation)} a ON a.id = r.allocation_id"
        state = f"CASE WHEN a.ended_at IS NOT NULL THEN 'cancelled' ELSE {state} END"
    return bulk.select(
        f"SELECT r.id, r.order_id, r.standing, r.counts, {state} FROM {table} r {join}"
        f" WHERE r.order_id IN {bulk.among()}",
        [bulk.bound(orders)],
    )


def _best(
    family: str, orders: Collection[int], beliefs: Beliefs, knows: dict[int, set[int]], rows: Rows
) -> dict[int, int]:
    heard: dict[int, set[int]] = defaultdict(set)
    for model, _, of, _ in _ROWS:
        if of == family:
            for _, order, stands, _, state in rows[model]:
                if state != "cancelled":
                    heard[order].add(stands)
    every, known = beliefs.silent(family)
    return {
        order: believed(heard[order], [*every, *(known[source] for source in knows[order] if source in known)])
        for order in orders
    }


def _mark(model: type[models.Model], done: str, rows: Iterable[Row], best: dict[int, int]) -> None:
    def right(order: int, stands: int, state: str) -> bool:
        return stands == best[order] < NEVER and (state == done if done else state != "cancelled")

    wrong: Iterable[tuple[int, bool]] = (
        (row, should)
        for row, order, stands, counts, state in rows
        if (should := right(order, stands, state)) != bool(counts)
    )
    bulk.update(model, ("id", "counts"), wrong)
