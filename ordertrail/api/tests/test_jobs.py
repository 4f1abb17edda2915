"""Jobs: a program that asked for a sync sees how far it is and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ordertrail.api.tests.calling import program
from ordertrail.findings.tests.company import company
from ordertrail.lib import clock
from ordertrail.sync.models import Job, Reject, SyncRun
from ordertrail.sync.worker import ask

pytestmark = pytest.mark.django_db


def test_a_job_waits_runs_and_is_done_with_its_counts_and_rejects(db: None) -> None:
    erp = company()["erp"]
    dana, bo = program("dana"), program("bo")
    job = ask("sync", by=dana.person, source="erp")
    told = dana.get(f"/jobs/{job.pk}").body
    assert (told["kind"], told["state"], told["done"], told["total"], told["asked_by"]) == (
        "sync",
        "waiting",
        0,
        None,
        "dana",
    )
    assert (told["counts"], told["rejects"], told["error"]) == (None, [], "")

    now = clock.now()
    run = SyncRun.objects.create(
        source=erp, trigger="person", state="done", started_at=now, read=4, new=2, changed=1, unchanged=0, rejected=1
    )
    Reject.objects.create(
        source=erp, stream="products", ref="p9", place="row 9", column="cost", code="not_a_number",
        detail="Row 9, column cost: “61.2345 CNY?” is no number.", raw='{"cost": "61.2345 CNY?"}', at=now,
    )  # fmt: skip
    Job.objects.filter(pk=job.pk).update(
        state="done", done=4, total=4, ended_at=now, result={"run": run.pk, "error": ""}
    )

    told = dana.get(f"/jobs/{job.pk}").body
    assert (told["state"], told["done"], told["total"], told["ended_at"]) == ("done", 4, 4, "2026-09-16T12:00:00+08:00")
    assert told["counts"] == {"read": 4, "new": 2, "changed": 1, "unchanged": 0, "rejected": 1, "gone": 0}
    [reject] = told["rejects"]
    assert reject == {
        "ref": "p9", "place": "row 9", "column": "cost", "code": "not_a_number",
        "detail": "Row 9, column cost: “61.2345 CNY?” is no number.",
    }  # fmt: skip
    hidden = bo.get(f"/jobs/{job.pk}")  # the sentence quotes a cost, so Bo gets the place and the code
    assert hidden.body["rejects"] == [{name: reject[name] for name in ("ref", "place", "column", "code")}]
    assert b"61.2345" not in hidden.raw


def test_a_job_that_failed_says_why(db: None) -> None:
    dana = program("dana")
    job = ask("sync", source="erp")
    Job.objects.filter(pk=job.pk).update(
        state="failed", result={"code": "unreachable", "error": "ERP does not answer."}
    )
    assert dana.get(f"/jobs/{job.pk}").body["error"] == "ERP does not answer."
    assert dana.get("/jobs/4711").problem() == (404, "unknown_document")


def test_the_list_tells_the_ids_the_newest_first(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    dana = program("dana")
    began = clock.now()
    jobs = []
    for minute, (kind, source) in enumerate([("sync", "erp"), ("sync", "wms"), ("replay", "erp")]):
        monkeypatch.setattr(clock, "now", lambda minute=minute: began + timedelta(minutes=minute))
        jobs.append(str(ask(kind, by=dana.person, source=source).pk))
    Job.objects.filter(pk=jobs[0]).update(state="failed", ended_at=began, result={"error": "ERP does not answer."})

    told = dana.get("/jobs").body
    assert ([one["id"] for one in told["items"]], told["total"], told["next"]) == (jobs[::-1], 3, None)
    assert told["items"][2] == {
        "id": jobs[0], "kind": "sync", "source": "erp", "state": "failed", "done": 0, "total": None, "asked_by": "dana",
        "asked_at": "2026-09-16T12:00:00+08:00", "ended_at": "2026-09-16T12:00:00+08:00", "error": "ERP does not answer.",
    }  # fmt: skip
    whole = dana.get(f"/jobs/{jobs[0]}").body
    assert whole.items() >= told["items"][2].items()
    for query, found in (
        ({"state": "waiting"}, [jobs[2], jobs[1]]), ({"source": "erp"}, [jobs[2], jobs[0]]), ({"kind": "replay"}, [jobs[2]]),
        ({"sort": "asked_at"}, jobs),
    ):  # fmt: skip
        assert [one["id"] for one in dana.get("/jobs", query).body["items"]] == found, query
    first = dana.get("/jobs", {"limit": "2"}).body
    rest = dana.get("/jobs", {"limit": "2", "cursor": first["next"]}).body
    assert ([one["id"] for one in rest["items"]], rest["total"], rest["next"]) == ([jobs[0]], None, None)
    assert program("gus").get("/jobs").problem() == (403, "not_allowed")


@pytest.mark.parametrize(("name", "limited"), [("bo", False), ("chen", True)])
def test_what_a_source_wrote_of_a_cost_or_of_anothers_order_is_told_to_nobody_who_may_not_know_it(
    db: None, name: str, limited: bool
) -> None:
    by = company()
    now = clock.now()
    run = SyncRun.objects.create(source=by["erp"], trigger="person", state="failed", started_at=now, read=1, rejected=1)
    Reject.objects.create(
        source=by["erp"], stream="orders", ref="SO-EVE", place="orders id=SO-EVE", column="plan_cost", code="not_a_number",
        detail="“61.2345” of SO-EVE is no number.", raw='{"plan_cost": "61.2345"}', at=now,
    )  # fmt: skip
    job = ask("sync", source="erp")
    Job.objects.filter(pk=job.pk).update(state="failed", result={"run": run.pk, "error": "“61.2345” of SO-EVE"})
    told = program(name, own_customers_only=limited).get(f"/jobs/{job.pk}")
    assert b"61.2345" not in told.raw
    assert (b"SO-EVE" in told.raw) is not limited
    assert told.body["error"].startswith("Not shown: what a source wrote may tell a cost")
    assert [(one["column"], one["code"]) for one in told.body["rejects"]] == [("plan_cost", "not_a_number")]
