"""The worker's jobs: each is done once, whoever works beside, is killed or comes too late."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ordertrail.lib import clock
from ordertrail.sync import worker
from ordertrail.sync.models import Job
from ordertrail.sync.tests.test_run_together import Company

JOBS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def company(tmp_path: Path, request: pytest.FixtureRequest) -> Company:
    """A company without systems, in a folder of its own."""
    made = Company(
        tmp_path / "company", request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    )
    made.made()
    return made


def appears(path: Path, count: int = 1) -> None:
    """Wait until so many files match."""
    for _ in range(3_000):
        if len(list(path.parent.glob(path.name))) >= count:
            return
        time.sleep(0.01)
    pytest.fail(f"{path} does not appear")


@pytest.mark.slow
def test_three_workers_do_each_of_many_jobs_exactly_once(company: Company) -> None:
    company.run("beside", "ask", "mark", str(JOBS))
    three = [company.start("beside", "marks", "60") for _ in range(3)]
    appears(company.home / "ready-*", 3)
    (company.home / "go").touch()
    for one in three:
        company.ended(one)
    done = [line.split() for line in (company.home / "marks").read_text().splitlines()]
    assert Counter(number for number, _ in done) == {str(number): 1 for number in range(JOBS)}
    assert len({pid for _, pid in done}) == 3, "one did everything: that proves nothing"
    assert {json.loads(job)["state"] for job in company.run("beside", "jobs").splitlines()} == {"done"}


@pytest.mark.slow
def test_a_job_whose_worker_was_killed_is_done_by_another_after_the_lease_and_not_before(company: Company) -> None:
    def job() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(company.run("beside", "jobs"))
        return told

    company.run("beside", "ask", "hang", "1")
    (company.home / "go").touch()
    first = company.start("beside", "marks", "600")
    appears(company.home / "hangs")
    first.kill()
    first.communicate()
    killed = job()
    assert (killed["state"], killed["by"].rpartition(":")[2]) == ("running", str(first.pid))
    company.run("beside", "worker", "1")
    assert job() == killed  # it may still be at it, for all that anybody knows
    company.run("beside", "old")
    second = company.start("beside", "worker", "30")
    company.ended(second)
    after = job()
    assert (after["state"], after["by"].rpartition(":")[2]) == ("failed", str(second.pid))
    assert after["result"]["code"] == "fault"  # this worker has no such kind: it has taken the job, and said so


def test_a_fault_that_nobody_foresaw_is_a_number_to_people_and_whole_in_the_log(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(job: Job) -> dict[str, Any]:
        raise RuntimeError("SELECT cost FROM secrets; /home/dana/ordertrail")

    monkeypatch.setitem(worker.HANDLERS, "mark", broken)
    worker.ask("mark")
    job = worker.claim()
    assert job is not None
    worker.work(job)
    job.refresh_from_db()
    told = re.fullmatch(
        r"A fault of ours: nothing is half done\. Try again; if it stays, give an administrator the number ([0-9a-f]{8}),"
        r" which stands in the log\.",
        job.result["error"],
    )
    assert told is not None
    assert (job.state, job.result["code"]) == ("failed", "fault")
    [logged] = [one for one in caplog.records if told[1] in one.getMessage()]
    assert logged.getMessage() == f"fault {told[1]}: job {job.pk} mark"
    assert logged.exc_info is not None
    assert str(logged.exc_info[1]) == "SELECT cost FROM secrets; /home/dana/ordertrail"


def test_who_was_away_longer_than_the_lease_writes_no_end_over_the_one_who_took_over(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(job: Job) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(claimed_at=clock.now() - timedelta(hours=1))
        other = worker.claim()
        assert other is not None
        Job.objects.filter(pk=job.pk).update(claimed_by="other:1")
        return {"late": True}

    monkeypatch.setitem(worker.HANDLERS, "mark", taken_over)
    worker.ask("mark")
    job = worker.claim()
    assert job is not None
    worker.work(job)
    job.refresh_from_db()
    assert (job.state, job.claimed_by, job.result) == ("running", "other:1", {})


@pytest.mark.slow
@pytest.mark.store
def test_a_job_that_takes_longer_than_the_lease_stays_with_its_worker(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(job: Job) -> dict[str, Any]:
        Job.objects.filter(pk=job.pk).update(claimed_at=clock.now() - timedelta(hours=1))
        for _ in range(1_000):
            if Job.objects.get(pk=job.pk).claimed_at > clock.now() - worker.LEASE:  # type: ignore[operator]
                return {"another": worker.claim() is not None}
            time.sleep(0.01)
        return {"another": "the claim was never renewed"}

    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.02)
    monkeypatch.setitem(worker.HANDLERS, "mark", long)
    worker.ask("mark")
    job = worker.claim()
    assert job is not None
    worker.work(job)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"another": False})
