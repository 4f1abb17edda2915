"""Jobs: how far the worker is with what it was asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ordertrail.api import written
from ordertrail.api.calls.declare import get
from ordertrail.api.door import Caller, caller
from ordertrail.api.problems import not_found
from ordertrail.api.shapes import jobs as shapes
from ordertrail.orders.queries import only_for
from ordertrail.sync.models import Job, Reject, SyncRun
from ordertrail.web.refusals import withheld
from ordertrail.web.rights import quotes

TOLD = 100


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
        id=str(job.pk),
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        asked_by=job.asked_by.username if job.asked_by else None,
        asked_at=written.instant(job.asked_at),
        ended_at=written.instant(job.ended_at) if job.ended_at else None,
        error=_error(job, by),
        counts=_counts(run) if run else None,
        rejects=[_rejected(one, by=by) for one in rejects.order_by("pk")[:TOLD]],
    )


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
