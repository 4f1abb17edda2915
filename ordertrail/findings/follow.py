"""Checks follow the changes: each changed document is looked at again, in chunks of one short transaction each.

Killed at any moment, the next call goes on behind the last chunk that was written: a chunk's findings and how far its checks have
come are one transaction. Done twice, it changes nothing.
"""

from __future__ import annotations

import logging
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from ordertrail.desk.models import Change
from ordertrail.findings.changes import settled
from ordertrail.findings.check import Candidate, Check
from ordertrail.findings.checks import all_checks
from ordertrail.findings.models import CheckRun, Finding, FindingStatus
from ordertrail.findings.reconcile import Scope, reconcile_all
from ordertrail.findings.suspects import orders_of_customers, suspects, suspects_by_clock
from ordertrail.findings.view_orders import order_views
from ordertrail.findings.view_papers import for_the_same, invoice_views, payment_views, shipment_views
from ordertrail.lib import bulk, clock
from ordertrail.lib.gate import writing

log = logging.getLogger(__name__)

ASKED = 4_000
"""Documents about which the cheap question is asked at once."""

CHUNK = 500
"""Documents in one transaction: even if each opens a finding, its writes take about 50 ms."""

STEP, WINDOW, LONGEST = 5_000, 20_000, 200_000
"""Changes are read ``STEP`` by ``STEP`` until ``WINDOW`` documents have changed (or ``LONGEST`` were read), so that one that changed
forty times in a row is looked at once."""

LIMIT = 20_000
"""Changes after which a call returns, when a window ends there: the worker has other things to do as well."""

RETRY = timedelta(minutes=1)
"""How long a check that failed is left alone."""

Seen = dict[str, tuple[Check, list[Candidate]]]


def follow(limit: int = LIMIT) -> int:
    """Let every check look at what changed since it last did, at most about ``limit`` changes; how many were followed."""
    runs = _runs()
    top = settled()
    by_place: dict[int, list[str]] = defaultdict(list)
    for name, run in runs.items():
        waits = run.error and run.at is not None and run.at > clock.now() - RETRY
        if run.done_to < top and not waits:
            by_place[run.done_to].append(name)
    return sum(
        _follow({name: all_checks()[name] for name in names}, place, top, limit) for place, names in by_place.items()
    )


def daily() -> int:
    """Let the checks that depend on the clock look at every order that they may concern today; how many orders that were."""
    orders = due_by_clock()
    look_by_clock(orders)
    return len(orders)


def due_by_clock() -> Sequence[int]:
    """The orders that a check which depends on the clock may concern today."""
    checks = _by_clock()
    open_ones = Finding.objects.filter(check_name__in=checks, status=FindingStatus.OPEN).values_list("order", flat=True)
    known = {order for order in open_ones if order is not None}
    return array("q", sorted(known | set(suspects_by_clock(checks.values()))))


def look_by_clock(orders: Sequence[int]) -> None:
    """Let the checks that depend on the clock look at some of those orders."""
    for ids in _parts(orders, CHUNK):
        _look(_by_clock(), "order", ids)


def _by_clock() -> dict[str, Check]:
    return {name: check for name, check in all_checks().items() if check.by_clock}


def _runs() -> dict[str, CheckRun]:
    """How far each check of the folder has come."""
    runs = {run.check_name: run for run in CheckRun.objects.all()}
    missing = [CheckRun(check_name=name) for name in all_checks() if name not in runs]
    if missing:
        with writing():
            CheckRun.objects.bulk_create(missing, ignore_conflicts=True)
    return {
        name: run for name, run in (runs | {run.check_name: run for run in missing}).items() if name in all_checks()
    }


def _follow(checks: dict[str, Check], place: int, top: int, limit: int) -> int:
    """Follow the changes after ``place`` with checks that stand there."""
    followed = 0
    while checks and followed < limit:
        rows, place, changed = _window(place, top)
        if not rows and place < top:  # only findings have changed, which no check follows
            with writing():
                CheckRun.objects.filter(check_name__in=checks).update(done_to=top)
        if not rows:
            break
        followed += rows
        _beside(checks, changed)
        for kind, ids in changed.items():
            for asked in _parts(ids, ASKED):
                for part in _parts(_worth_a_look(checks, kind, asked), CHUNK):
                    failed = _look(checks, kind, part)
                    checks = {name: check for name, check in checks.items() if name not in failed}
        with writing():
            CheckRun.objects.filter(check_name__in=checks).update(done_to=place, error="", at=clock.now())
    return followed


def _window(after: int, top: int) -> tuple[int, int, dict[str, list[int]]]:
    """The next changes: how many, the last one's id, and the documents by kind that some check looks at."""
    changed: dict[str, set[int]] = {kind: set() for kind in ("order", "customer", *_PAPERS)}
    count = 0
    while after < top and count < LONGEST and sum(map(len, changed.values())) < WINDOW:
        rows = bulk.select(
            f"SELECT id, kind, object FROM {bulk.table(Change)} WHERE id > %s AND id <= %s AND kind <> 'finding'"
            f" ORDER BY id LIMIT {STEP}",
            [after, top],
        )
        if not rows:
            break
        for _, kind, document in rows:
            if kind in changed:
                changed[kind].add(document)
        after, count = rows[-1][0], count + len(rows)
    changed["order"] |= orders_of_customers(changed.pop("customer"))
    changed["payment"] |= for_the_same(changed["payment"])
    return count, after, {kind: sorted(ids) for kind, ids in changed.items()}


def _beside(checks: dict[str, Check], changed: dict[str, list[int]]) -> None:
    """Have the open findings of papers looked at again that depend on what changed beside their paper."""
    names = [name for name, check in checks.items() if any(changed[kind] for kind in check.beside)]
    if names:
        rows = Finding.objects.filter(check_name__in=names, status=FindingStatus.OPEN, object_kind__in=_PAPERS)
        for kind, document in rows.values_list("object_kind", "object"):
            if document not in changed[kind]:
                changed[kind].append(document)


def _parts(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _worth_a_look(checks: dict[str, Check], kind: str, ids: Sequence[int]) -> list[int]:
    """Those of ``ids`` that may give a finding, or have an open one, which may close."""
    if kind != "order":
        return list(ids)
    found = Finding.objects.filter(order__in=ids, status=FindingStatus.OPEN).values_list("order", flat=True)
    having = {order for order in found if order is not None}
    return sorted(having | set(suspects([check for check in checks.values() if check.looks_at("order")], ids)))


def _look(checks: dict[str, Check], kind: str, ids: Sequence[int]) -> dict[str, str]:
    """Let ``checks`` look at some documents of one kind and write what they saw; the checks that failed, with the reason."""
    look = _Look(checks)
    look.at(kind, ids)
    if look.failed or look.saw_something() or _open_ones(kind, ids):
        with writing():
            look.write()
    return look.failed


def _open_ones(kind: str, ids: Sequence[int]) -> bool:
    """Whether these documents have open findings, which may close."""
    found = Finding.objects.filter(status=FindingStatus.OPEN)
    mine = found.filter(order__in=ids) if kind == "order" else found.filter(object_kind=kind, object__in=ids)
    return mine.exists()


@dataclass(slots=True)
class _Look:
    """One look at some documents by some checks: what they saw, and which of them failed."""

    checks: dict[str, Check]
    seen: list[tuple[Seen, Scope]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    def at(self, kind: str, ids: Sequence[int]) -> None:
        """Look at documents of one kind."""
        if kind == "order":
            self._each("order", partial(order_views, ids), Scope(orders=frozenset(ids)))
        else:
            what, views = _PAPERS[kind]
            self._each(what, partial(views, ids), Scope(objects=(kind, frozenset(ids))))

    def saw_something(self) -> bool:
        """Whether there is a candidate."""
        return any(candidates for seen, _ in self.seen for _, candidates in seen.values())

    def _that_look_at(self, what: str) -> dict[str, Check]:
        return {name: check for name, check in self.checks.items() if check.looks_at(what)}

    def _each(self, what: str, read: Callable[[], Iterable[Any]], scope: Scope) -> None:
        looking = self._that_look_at(what)
        if not looking:
            return
        try:
            views = list(read())
        except Exception as fault:
            log.exception("reading what checks look at: %s", what)
            self.failed |= dict.fromkeys(looking, f"{type(fault).__name__}: {fault}")
            return
        seen: Seen = {}
        for name, check in looking.items():
            look: Callable[[Any], Iterable[Candidate]] = getattr(check, f"per_{what}")
            try:
                seen[name] = (check, [candidate for view in views for candidate in look(view)])
            except Exception as fault:
                log.exception("check %s", name)
                self.failed[name] = f"{type(fault).__name__}: {fault}"
        self.seen.append((seen, scope))

    def write(self) -> None:
        """Reconcile what was seen; a check that failed closes nothing and keeps its place."""
        now = clock.now()
        for seen, scope in self.seen:
            good = {name: told for name, told in seen.items() if name not in self.failed}
            if good:
                reconcile_all(good, scope, now)
        for name, error in self.failed.items():
            CheckRun.objects.filter(check_name=name).update(error=error, at=now)


_PAPERS: dict[str, tuple[str, Callable[[Collection[int]], Iterable[Any]]]] = {
    "shipment": ("paper", shipment_views),
    "invoice": ("paper", invoice_views),
    "payment": ("payment", payment_views),
}
"""Kinds of documents besides orders: what a check calls them, and how they are read."""
