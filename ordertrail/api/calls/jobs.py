"""Jobs: how far the worker is with what it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from ordertrail.api import written
from ordertrail.api.calls.declare import get
from ordertrail.api.door import Caller, caller
from ordertrail.api.lists import chosen_by, listed
from ordertrail.api.params import Param, params_of
from ordertrail.api.problems import not_found
from ordertrail.api.shapes import jobs as shapes
from ordertrail.api.shapes.frame import Listed
from ordertrail.orders.queries import only_for
from ordertrail.sync.models import Job, Reject, SyncRun
from ordertrail.web.filters import Field, FilterSet, Kind, Lookup, Sort
from ordertrail.web.refusals import withheld
from ordertrail.web.rights import quotes

TOLD = 100
STATES = ("waiting", "running", "done", "failed")

FILTERS = FilterSet(
    fields=(
        Field("state", "Status", Kind.CHOICE, tuple((state, state) for state in STATES)),
        Field("kind", "Kind"),
        Field("source", "Source"),
    ),
    sorts=(Sort("asked_at", "Asked at", "asked_at", descending=True),),
)


def list_params() -> Sequence[Param]:
    """The filters of the list of jobs."""
    return params_of(FILTERS)


@get("/jobs", right="see_sources", answer=shapes.Jobs, params=list_params)
def list_jobs(request: HttpRequest) -> Listed[shapes.JobRow]:
    """Jobs, the newest first; `?state=running` leaves those that are worked on."""
    by, chosen = caller(request), chosen_by(request, FILTERS)
    lookups: dict[str, Lookup] = {"state": "state", "kind": "kind", "source": "args__source"}
    rows = chosen.apply(Job.objects.select_related("asked_by"), lookups)
    return listed(request, rows, chosen, rows.count, lambda found: [shapes.JobRow(**_head(job, by)) for job in found])


@get("/jobs/{id}", right="see_sources", answer=shapes.Job)
def get_job(request: HttpRequest, id: str) -> shapes.Job:  # noqa: A002  (the address says id)
    """One job: its progress, and when it is done its counts and rejects."""
    by = caller(request)
    figure = id.isascii() and id.isdigit() and len(id) < 19
    job = Job.objects.select_related("asked_by").filter(pk=int(id)).first() if figure else None
    if job is None:
        raise not_found("job", id)
    run = SyncRun.objects.filter(pk=job.result.get("run") or 0).first()
    rejects = (
        Reject.objects.filter(source=run.source_id, solved_at=None, at__gte=run.started_at)
        if run
        else Reject.objects.none()
    )
    return shapes.Job(
        **_head(job, by),
        counts=_counts(run) if run else None,
        rejects=[_rejected(one, by=by) for one in rejects.order_by("pk")[:TOLD]],
    )


def _head(job: Job, by: Caller) -> dict[str, Any]:
    """What a list and the job's own call tell alike."""
    return {
        "id": str(job.pk), "kind": job.kind, "source": job.args.get("source"), "state": job.state, "done": job.done,
        "total": job.total, "asked_by": job.asked_by.username if job.asked_by else None,
        "asked_at": written.instant(job.asked_at), "ended_at": written.instant(job.ended_at) if job.ended_at else None,
        "error": _error(job, by),
    }  # fmt: skip


def _counts(run: SyncRun) -> shapes.Counts:
    return shapes.Counts(**{name: getattr(run, name) for name in shapes.Counts.model_fields})


def _error(job: Job, by: Caller) -> str:
    """Why the job failed; for who is not shown what a source wrote, whom to ask."""
    error = str(job.result.get("error") or "")
    return error if not error or quotes(by.person) else withheld()


def _rejected(one: Reject, *, by: Caller) -> shapes.Rejected:
    """A reject. Its sentence quotes the source's own value, which may be a cost, and its key and place may name another's order; the
    raw item is never sent."""
    detail: dict[str, Any] = {"detail": one.detail} if quotes(by.person) else {}
    named = {"ref": one.ref, "place": one.place} if only_for(by.person) is None else {"ref": "", "place": ""}
    return shapes.Rejected(column=one.column, code=one.code, **named, **detail)
