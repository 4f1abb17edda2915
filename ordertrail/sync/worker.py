"""The worker: one loop that claims jobs, syncs what is due, follows changes with checks, and refreshes the hub.

Jobs are claimed by one conditional UPDATE, so that two workers never do the same one. A claim is renewed every ``BEAT_SECONDS``
while the job is worked on, however long that takes; a job whose worker died is claimed again after ``LEASE``. Every step is safe to
be killed in and to be done twice. What was written while the clock was ahead (asked for, claimed, begun later than now) is due: nothing
waits until a clock that was put right comes there again.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from ordertrail.desk import precedence
from ordertrail.lib import clock, disk
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.records.models import Source
from ordertrail.sync import faults
from ordertrail.sync.models import Job, SyncRun
from ordertrail.sync.run import is_running, replay_rejects, run_source

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BEAT_SECONDS = 60.0
FULL_SECONDS = 5.0
"""On a full disk, how long the worker leaves it before it tries again."""
SWEEP_EVERY = timedelta(days=1)
Handler = Callable[[Job], dict[str, Any]]


def ask(kind: str, *, by: Any = None, **args: Any) -> Job:
    """Ask the worker for a job; the same one that still waits is not asked twice."""
    with writing():
        waiting = Job.objects.filter(kind=kind, args=args, state="waiting").first()
        return waiting or Job.objects.create(
            kind=kind, args=args, asked_by=by, asked_at=clock.now(), due_at=clock.now()
        )


def claim() -> Job | None:
    """The next job that is due, now ours; None when there is none."""
    now = clock.now()
    mine = f"{socket.gethostname()}:{os.getpid()}"
    due = Q(due_at__lte=now) | Q(asked_at__gt=now)
    silent = Q(claimed_at__lt=now - LEASE) | Q(claimed_at__gt=now + LEASE)
    free = Q(state="waiting") & due | Q(state="running") & silent
    for job in Job.objects.filter(free).order_by("due_at", "pk")[:5]:
        with writing():
            taken = Job.objects.filter(pk=job.pk, state=job.state, claimed_at=job.claimed_at).update(
                state="running", claimed_by=mine, claimed_at=now
            )
        if taken:
            job.refresh_from_db()
            return job
    return None


def _sync(job: Job) -> dict[str, Any]:
    """Sync the source that the job names."""
    source = Source.objects.get(code=job.args["source"])

    def progress(stream: str, done: int, expected: int | None) -> None:
        _ours(job).update(done=done, total=expected, claimed_at=clock.now())

    run = run_source(
        source,
        trigger="schedule" if job.asked_by_id is None else "person",
        progress=progress,
        with_sweep=bool(job.args.get("sweep")),
        sure=bool(job.args.get("sure")),
    )
    return {"run": run.pk, "state": run.state, "error": run.error}


def _replay(job: Job) -> dict[str, Any]:
    """Read the rejected items of a source again, or those that the job names."""
    source = Source.objects.get(code=job.args["source"])
    return {"solved": replay_rejects(source, job.args.get("rejects"))}


def _believe(job: Job) -> dict[str, Any]:
    """Bring every order in line with whom the company believes now."""
    return {"orders": precedence.apply()}


HANDLERS: dict[str, Handler] = {"sync": _sync, "replay": _replay, "believe": _believe}


def work(job: Job) -> None:
    """Do a claimed job and write what came of it; a refusal is an answer, anything else a number in the log."""
    try:
        with _held(job):
            result = HANDLERS[job.kind](job)
        _end(job, "done", result)
    except Refused as refused:
        _end(job, "failed", {"code": refused.code, "error": refused.detail})
    except Exception as fault:  # noqa: BLE001  (it is logged where it gets its number)
        _end(job, "failed", {"code": "fault", "error": faults.told(fault, f"job {job.pk} {job.kind}")})


@contextmanager
def _held(job: Job) -> Iterator[None]:
    """Renew the claim for as long as the job takes, from a thread with a connection of its own."""
    over = Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                _ours(job).update(claimed_at=clock.now())
            except DatabaseError:
                log.exception("the claim of job %s could not be renewed; tried again in %s s", job.pk, BEAT_SECONDS)
            finally:
                connection.close()

    beating = Thread(target=beat, name=f"claim of job {job.pk}", daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _ours(job: Job) -> QuerySet[Job]:
    """The job's row while it is still claimed by us: who was away longer than the lease has lost it."""
    return Job.objects.filter(pk=job.pk, state="running", claimed_by=job.claimed_by)


def _end(job: Job, state: str, result: dict[str, Any]) -> None:
    _ours(job).update(state=state, result=result, ended_at=clock.now())


def schedule() -> None:
    """Ask for a sync of every source that is due by its own minutes since its last run began; once a day with a sweep."""
    now = clock.now()
    sources = Source.objects.filter(active=True).exclude(every_minutes=None)
    newest = SyncRun.objects.filter(source=OuterRef("pk")).order_by("-pk").values("started_at")[:1]
    for source in sources.annotate(last=Subquery(newest), swept=Max("cursors__swept_at")):
        every = timedelta(minutes=source.every_minutes or 0)
        if _is_due(source.last, every, now) and not is_running(source):
            sweep = source.last is not None and _is_due(source.swept, SWEEP_EVERY, now)
            ask("sync", source=source.code, **({"sweep": True} if sweep else {}))


def _is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether what was done at ``last`` and is to be done ``every`` so often is due."""
    return last is None or not last <= now < last + every


def rounds(after_each: Callable[[], bool], stop: Callable[[], bool], pause: float = 0.5) -> None:
    """Go on until ``stop``: schedule, do what is due, then ``after_each`` (checks, hub: whether it did
    something); ``pause`` seconds when idle. A full disk ends nothing: it is said, and tried again.
    """
    while not stop():
        try:
            busy = _round(after_each)
        except Exception as fault:
            if not disk.is_full(fault):
                raise
            log.error("%s", disk.full().detail)
            time.sleep(FULL_SECONDS)
            continue
        if not busy:
            time.sleep(pause)


def _round(after_each: Callable[[], bool]) -> bool:
    """Do what is due; whether there was anything."""
    schedule()
    job = claim()
    if job is not None:
        work(job)
    return after_each() or job is not None
