"""A card for each source: how fresh it is, its last runs, counts that add up, and how long a running sync has still to go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.lib import bulk, clock
from ordertrail.records.models import Source
from ordertrail.sync.models import Job, Reject, SyncRun
from ordertrail.track.fresh import allowed

RUNS = 24
"""Runs that a card draws."""
TALLEST, LOWEST = 18, 5
"""Heights of a run's bar; the most documents that one of the runs read make the tallest."""

KINDS: dict[str, tuple[str, Promise]] = {
    "oms": ("shopping-cart", _("Order management")),
    "crm": ("users", _("Customer relations")),
    "erp": ("building-bank", _("Finance and trade")),
    "wms": ("building-warehouse", _("Warehouse")),
    "mes": ("tool", _("Shop floor")),
    "project": ("clipboard-list", _("Projects and hours")),
    "bank": ("coin-yuan", _("Bank statements")),
    "sheet": ("file-spreadsheet", _("Spreadsheets")),
    "shop": ("world", _("Web shop")),
}
"""Icon and words of each kind of system."""

STATES: dict[str, tuple[str, str, Promise]] = {
    "running": ("info", "refresh", _("Syncing")),
    "waiting": ("info", "hourglass", _("Waiting for the worker")),
    "held": ("warn", "alert-triangle", _("Held: asks you")),
    "failed": ("bad", "plug-connected-x", _("Failed")),
    "never": ("idle", "circle-dashed", _("Never read")),
    "stale": ("warn", "clock-exclamation", _("Stale")),
    "off": ("line", "plug-off", _("Switched off")),
    "fresh": ("ok", "circle-check", _("Fresh")),
}
"""Tone, icon and words of what may be said of a source."""


@dataclass(frozen=True, slots=True)
class Card:
    """One source as its card shows it. ``runs``: the last ones, the newest first; ``rejects``: items that still wait."""

    source: Source
    runs: Sequence[SyncRun]
    last_good: SyncRun | None
    asked: bool
    rejects: int

    @property
    def last(self) -> SyncRun | None:
        """The newest run, running or ended."""
        return self.runs[0] if self.runs else None

    @property
    def state(self) -> str:
        """Its key in ``STATES``: what a person must know first."""
        last = self.last
        if last is not None and last.state == "running":
            return "running"
        if self.asked:
            return "waiting"
        if not self.source.active:
            return "off"
        if last is not None and last.state in ("held", "failed"):
            return last.state
        if self.last_good is None or self.last_good.as_of is None:
            return "never"
        return "fresh" if clock.now() - self.last_good.as_of <= allowed(self.source) else "stale"

    @property
    def look(self) -> tuple[str, str, Promise]:
        """Tone, icon and words of its state."""
        return STATES[self.state]

    @property
    def busy(self) -> bool:
        """Whether there is nothing to ask for: it is being synced, or waits to be."""
        return self.state in ("running", "waiting")

    @property
    def kind(self) -> tuple[str, Promise | str]:
        """Icon and words of its kind of system."""
        return KINDS.get(self.source.kind, ("database", self.source.kind))

    @property
    def took(self) -> timedelta | None:
        """How long the last good run took."""
        run = self.last_good
        return run.ended_at - run.started_at if run and run.ended_at else None

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """The last runs as bars, the oldest first, each in its place: how it ended, and how much it read."""
        drawn = bars(reversed(self.runs))
        return [("", 0)] * (RUNS - len(drawn)) + drawn

    @property
    def left(self) -> timedelta | None:
        """How long the running sync has still to go, by its speed so far; None while that cannot be said."""
        run = self.last
        if run is None or run.state != "running" or not run.expected or not run.read or run.read > run.expected:
            return None
        spent = clock.now() - run.started_at
        return spent * ((run.expected - run.read) / run.read) if run.read < run.expected else timedelta(0)

    @property
    def next_at(self) -> datetime | None:
        """When the worker will try again by itself."""
        if self.last is None or not self.source.every_minutes or not self.source.active:
            return None
        return self.last.started_at + timedelta(minutes=self.source.every_minutes)


def bars(runs: Iterable[SyncRun]) -> list[tuple[str, int]]:
    """Runs as bars: "ok", "pt" where items were rejected or the run was held, "no" where it failed; height by documents read.

    >>> bars([SyncRun(state="done", read=10), SyncRun(state="done", read=5, rejected=1), SyncRun(state="failed")])
    [('ok', 18), ('pt', 11), ('no', 18)]
    """
    listed = [run for run in runs if run.state != "running"]
    most = max((run.read for run in listed), default=0) or 1
    return [
        (_outcome(run), TALLEST if run.state == "failed" else LOWEST + (TALLEST - LOWEST) * run.read // most)
        for run in listed
    ]


def _outcome(run: SyncRun) -> str:
    if run.state == "failed":
        return "no"
    return "pt" if run.state == "held" or run.rejected else "ok"


def cards(sources: Sequence[Source]) -> list[Card]:
    """The cards of these sources; four queries, whatever has run."""
    ids = [source.pk for source in sources]
    runs, good = last_runs(ids), last_good_runs(ids)
    jobs = Job.objects.filter(kind="sync", state__in=("waiting", "running")).values_list("args", flat=True)
    asked = {args.get("source") for args in jobs}
    waiting = Reject.objects.filter(source__in=ids, solved_at=None).values_list("source")
    rejects = dict(waiting.annotate(many=Count("pk")))
    return [
        Card(source, runs[source.pk], good.get(source.pk), source.code in asked, rejects.get(source.pk, 0))
        for source in sources
    ]


def last_runs(ids: Sequence[int]) -> dict[int, list[SyncRun]]:
    """The last ``RUNS`` runs of each source, the newest first: one query, each source by its index."""
    found: dict[int, list[SyncRun]] = defaultdict(list)
    for run in _each(ids, "", RUNS):
        found[run.source_id].append(run)
    return found


def last_good_runs(ids: Sequence[int]) -> dict[int, SyncRun]:
    """The last run of each source that came to its end: one query."""
    return {run.source_id: run for run in _each(ids, " AND state = 'done'", 1)}


def _each(ids: Sequence[int], condition: str, count: int) -> list[SyncRun]:
    if not ids:
        return []
    part = (
        f"SELECT * FROM (SELECT * FROM {bulk.table(SyncRun)} WHERE source_id = %s{condition}"
        f" ORDER BY started_at DESC, id DESC LIMIT {count}) AS newest"
    )
    runs = SyncRun.objects.raw(" UNION ALL ".join([part] * len(ids)), list(ids))
    return sorted(runs, key=lambda run: (run.started_at, run.pk), reverse=True)
