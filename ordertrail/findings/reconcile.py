"""The one way in which findings open, stay and close: what a check sees now against what it saw before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ordertrail.desk.models import Change
from ordertrail.findings.check import Candidate, Check
from ordertrail.findings.models import Finding, FindingEvent, FindingStatus
from ordertrail.lib import bulk
from ordertrail.records.models import SourceDocument

OPEN, CLOSED = FindingStatus.OPEN.value, FindingStatus.CLOSED.value
FINDING = (
    "id", "check_name", "kind", "object_kind", "object", "order", "key", "status", "facts", "money", "currency", "role", "since",
)  # fmt: skip
DOCUMENT_KEY = "#"
"""A key that begins so goes on with the id of a document's group, and moves with it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What was looked at: only findings inside it may close. ``orders``: those of these orders; ``objects``: of these objects of
    one kind, without an order; ``everything``: all of the check."""

    orders: frozenset[int] = frozenset()
    objects: tuple[str, frozenset[int]] = ("", frozenset())
    everything: bool = False

    def holds(self, finding: Finding) -> bool:
        """Whether ``finding`` lies in it."""
        if self.everything or finding.order in self.orders:
            return True
        return finding.order is None and finding.object_kind == self.objects[0] and finding.object in self.objects[1]


@dataclass(slots=True)
class Reconciled:
    """How many findings were opened, changed, kept as they are, closed, opened again."""

    opened: int = 0
    changed: int = 0
    kept: int = 0
    closed: int = 0
    reopened: int = 0


Identity = tuple[str, str, int, str]
"""What makes a finding the same one: check, kind of object, object, key."""


def reconcile(check: Check, candidates: Iterable[Candidate], scope: Scope, at: datetime) -> Reconciled:
    """Open what ``check`` sees for the first time, keep (with new figures) what it still sees, close what it sees no more in
    ``scope``, open again what comes back. Must stand in a writing transaction; a check that failed must not call it.
    """
    return reconcile_all({check.name: (check, list(candidates))}, scope, at)


def reconcile_all(seen: Mapping[str, tuple[Check, Sequence[Candidate]]], scope: Scope, at: datetime) -> Reconciled:
    """``reconcile`` for several checks (by name) that looked at the same ``scope``, with as many queries as for one."""
    ledger = _Ledger(at)
    ledger.load(seen, scope)
    wanted: dict[Identity, list[Candidate]] = {}
    for name, (_, candidates) in seen.items():
        for candidate in candidates:
            wanted.setdefault((name, candidate.object_kind, candidate.object, candidate.key), []).append(candidate)
    for identity, alike in wanted.items():
        ledger.see(identity, seen[identity[0]][0], alike, scope)
    for identity, finding in ledger.known.items():
        if identity not in wanted and finding.status == OPEN and scope.holds(finding):
            ledger.close(finding)
    ledger.write()
    return ledger.done


@dataclass(slots=True)
class _Ledger:
    """The findings at hand and what becomes of them."""

    at: datetime
    done: Reconciled = field(default_factory=Reconciled)
    known: dict[Identity, Finding] = field(default_factory=dict)
    fresh: list[tuple[Any, ...]] = field(default_factory=list)
    changed: dict[int, Finding] = field(default_factory=dict)
    events: list[tuple[int | None, str, dict[str, Any]]] = field(default_factory=list)

    def load(self, seen: Mapping[str, tuple[Check, Sequence[Candidate]]], scope: Scope) -> None:
        """Read what is in scope or will be met, and let findings follow documents that were linked or parted."""
        names = set(seen)
        found = Finding.objects.filter(check_name__in=names)
        rows = {row.pk: row for row in _in_scope(scope, found) if row.check_name in names}
        objects: dict[str, set[int]] = {}
        for _, candidates in seen.values():
            for candidate in candidates:
                objects.setdefault(candidate.object_kind, set()).add(candidate.object)
        for kind, ids in objects.items():
            if kind != "order" or not ids <= scope.orders:
                rows |= {row.pk: row for row in found.filter(object_kind=kind, object__in=ids)}
        for row in rows.values():
            self.known[_identity(row)] = row
        self._follow_groups([row for row in rows.values() if row.status == OPEN])

    def _follow_groups(self, rows: Collection[Finding]) -> None:
        ids = {
            number for row in rows for number in (row.object, row.order, _document_in(row.key)) if number is not None
        }
        if not ids:
            return
        group = {
            document: home
            for document, home in SourceDocument.objects.filter(pk__in=ids).values_list("pk", "group")
            if document != home
        }
        for row in rows if group else ():
            document = _document_in(row.key)
            key = row.key if document is None else f"{DOCUMENT_KEY}{group.get(document, document)}"
            moved = (row.check_name, row.object_kind, group.get(row.object, row.object), key)
            order = None if row.order is None else group.get(row.order, row.order)
            if moved != _identity(row) or order != row.order:
                self._move(row, moved, order)

    def _move(self, row: Finding, to: Identity, order: int | None) -> None:
        """Let an open finding be about the group that its document is in now; where one is there already, that one goes on,
        with the longer age and the owner of the two."""
        there = self.known.get(to)
        if there is None and to != _identity(row):
            there = Finding.objects.filter(check_name=to[0], object_kind=to[1], object=to[2], key=to[3]).first()
        if there is not None and there.pk != row.pk:
            there.since = min(there.since, row.since) if there.status == OPEN else row.since
            there.owner_id = there.owner_id or row.owner_id
            there.facts, there.money = (there.facts, there.money) if there.status == OPEN else (row.facts, row.money)
            there.status, there.closed_at, there.order = OPEN, None, order
            self.known[to] = self.changed[there.pk] = there
            self.events.append((there.pk, "moved", {"from": row.object, "to": to[2]}))
            self.close(row)
            return
        del self.known[_identity(row)]
        self.events.append((row.pk, "moved", {"from": row.object, "to": to[2]}))
        row.object, row.key, row.order = to[2], to[3], order
        self.known[to] = self.changed[row.pk] = row

    def see(self, identity: Identity, check: Check, alike: Sequence[Candidate], scope: Scope) -> None:
        """What is seen: a new finding, or one that is known. Where several orders show the same thing (a customer), the one that
        showed it first goes on doing so while it does."""
        row = self.known.get(identity)
        candidate = next((seen for seen in alike if row is not None and seen.order == row.order), alike[0])
        if row is not None and row.status == OPEN and candidate.order != row.order and row.order not in scope.orders:
            self.done.kept += 1
            return
        role = candidate.role or check.role
        if row is None:
            self.done.opened += 1
            self.fresh.append(
                (check.name, check.kind, candidate.object_kind, candidate.object, candidate.order, candidate.key, OPEN,
                 candidate.facts, candidate.money, candidate.currency, role, min(candidate.since, self.at))
            )  # fmt: skip
            return
        told = (candidate.facts, candidate.money, candidate.currency, candidate.order)
        same = told == (row.facts, row.money, row.currency, row.order)
        again = row.status == CLOSED
        if again:
            row.status, row.closed_at, row.since = OPEN, None, min(candidate.since, self.at)
            self.done.reopened += 1
            self.events.append((row.pk, "reopened", candidate.facts))
        elif not same:
            self.done.changed += 1
            self.events.append((row.pk, "changed", candidate.facts))
        else:
            self.done.kept += 1
        if again or not same or (row.role, row.kind) != (role, check.kind):
            row.facts, row.money, row.currency, row.order = told
            row.role, row.kind = role, check.kind
            self.changed[row.pk] = row

    def close(self, row: Finding) -> None:
        """What is not seen any more: back to normal."""
        row.status, row.closed_at = CLOSED, self.at
        self.done.closed += 1
        self.changed[row.pk] = row
        self.events.append((row.pk, "closed", {}))

    def write(self) -> None:
        """Write new rows, changed rows and their history."""
        ids = bulk.next_ids(Finding, len(self.fresh)) if self.fresh else ()
        bulk.insert(Finding, FINDING, [(pk, *row) for pk, row in zip(ids, self.fresh, strict=True)])
        self.events += [(pk, "opened", row[7]) for pk, row in zip(ids, self.fresh, strict=True)]
        columns = (
            "id",
            "object",
            "order",
            "key",
            "status",
            "facts",
            "money",
            "currency",
            "role",
            "kind",
            "owner",
            "since",
            "closed_at",
        )
        bulk.update(
            Finding,
            columns,
            [
                (row.pk, row.object, row.order, row.key, row.status, row.facts, row.money, row.currency, row.role, row.kind,
                 row.owner_id, row.since, row.closed_at)
                for row in self.changed.values()
            ],
        )  # fmt: skip
        bulk.insert(
            FindingEvent,
            ("finding", "at", "what", "facts"),
            [(pk, self.at, what, told) for pk, what, told in self.events],
        )
        bulk.insert(Change, ("kind", "object"), [("finding", pk) for pk in (*ids, *self.changed)])  # the hub follows it


def _in_scope(scope: Scope, found: QuerySet[Finding]) -> Iterable[Finding]:
    """The findings in ``scope``; those of orders are asked for by the order alone, or SQLite would walk all of the check's."""
    if scope.everything:
        return found.filter(status=OPEN)
    rows = list(Finding.objects.filter(order__in=scope.orders)) if scope.orders else []
    kind, ids = scope.objects
    return [*rows, *found.filter(order=None, object_kind=kind, object__in=ids)] if ids else rows


def _identity(row: Finding) -> Identity:
    return row.check_name, row.object_kind, row.object, row.key


def _document_in(key: str) -> int | None:
    return int(key[len(DOCUMENT_KEY) :]) if key.startswith(DOCUMENT_KEY) else None
