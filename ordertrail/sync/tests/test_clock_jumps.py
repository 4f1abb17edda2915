"""The machine's clock jumps, back or forward, over a change of summer time or past 2038: nothing is lost or doubled.

What is promised: a cursor never goes back and never beyond what was read; a job is done once, and waits for no clock that was put
right; a source is read again within its own minutes; an ended session stays ended.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from ordertrail.lib import clock
from ordertrail.orders.models import OrderLine, OrderStatus
from ordertrail.parties.models import Person
from ordertrail.records.models import Source, SourceVersion
from ordertrail.sync import landing, worker
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.models import Cursor, Job
from ordertrail.sync.run import run_source
from ordertrail.sync.tests.shop import Shop

NOON = datetime(2026, 9, 16, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = [HOUR, -HOUR, DAY, -DAY, timedelta(days=11 * 366), timedelta(days=-300)]


class Clock:
    """What the machine believes the time is."""

    def __init__(self) -> None:
        self.at = NOON


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", lambda: told.at)
    return told


@pytest.fixture
def shop(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(landing, "folder", lambda: tmp_path / "landed")
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    return Shop(tmp_path / "shop.sqlite3")


def instant(at: datetime) -> str:
    """As the shop writes it, in the company's zone."""
    return at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_sync_loses_and_doubles_nothing_when_our_clock_jumps_there_and_back(
    jump: timedelta, machine: Clock, shop: Shop
) -> None:
    source, cursors = None, []
    for number, off in enumerate((timedelta(), jump, jump, timedelta(), timedelta())):
        real = NOON + number * HOUR  # the shop's clock is right all the time
        shop.put(str(number), changed=instant(real - timedelta(minutes=1)), lines=[("LAMP", str(number + 1), "1.00")])
        shop.put("again", changed=instant(real - timedelta(seconds=30)), lines=[("LAMP", str(90 + number), "1.00")])
        source = source or shop.source()
        machine.at = real + off
        assert run_source(source).state == "done"
        cursors.append(Cursor.objects.get(source=source).value)
    assert cursors == sorted(cursors)
    held = dict(OrderLine.objects.values_list("order__number", "qty"))
    assert held == {"SO-again": Decimal(94), **{f"SO-{n}": Decimal(n + 1) for n in range(5)}}
    versions = SourceVersion.objects.filter(document__kind="order").values_list("document__ref", "version")
    assert len(versions) == len(set(versions))  # the same words twice write one version
    assert OrderStatus.objects.count() == 6


def test_a_job_that_was_asked_for_while_the_clock_was_ahead_is_done_once_it_is_right(
    db: None, machine: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def mark(job: Job) -> dict[str, int]:
        done.append(job.pk)
        return {}

    monkeypatch.setitem(worker.HANDLERS, "mark", mark)
    machine.at = NOON + DAY
    job = worker.ask("mark")
    machine.at = NOON
    claimed = worker.claim()
    assert claimed is not None
    worker.work(claimed)
    assert (done, worker.claim()) == ([job.pk], None)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_job_whose_worker_died_before_the_clock_was_put_right_is_taken_over(
    jump: timedelta, db: None, machine: Clock
) -> None:
    job = worker.ask("mark")
    machine.at = max(NOON, NOON + jump)
    assert worker.claim() == job
    machine.at = min(NOON, NOON + jump)
    assert worker.claim() == job
    assert (Job.objects.get().claimed_at, worker.claim()) == (machine.at, None)


@pytest.mark.parametrize("step", [timedelta(minutes=2), -timedelta(minutes=2), worker.LEASE, -worker.LEASE], ids=str)
def test_a_small_step_of_the_clock_takes_no_job_away(step: timedelta, db: None, machine: Clock) -> None:
    worker.ask("mark")
    assert worker.claim() is not None
    machine.at = NOON + step
    assert worker.claim() is None


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_source_is_read_again_within_its_minutes_once_the_clock_is_right(
    jump: timedelta, machine: Clock, shop: Shop
) -> None:
    shop.put("1")
    source = shop.source()
    Source.objects.update(every_minutes=10)
    machine.at = NOON + jump
    run_source(source)
    machine.at = NOON + timedelta(minutes=11)
    worker.schedule()
    worker.schedule()
    assert list(Job.objects.values_list("kind", "args__source")) == [("sync", "shop")]
    Job.objects.all().delete()
    run_source(source)
    worker.schedule()
    assert not Job.objects.exists()  # and not again and again


@pytest.mark.parametrize("jump", [-HOUR, -DAY, timedelta(days=-300)], ids=str)
def test_a_session_that_was_too_old_stays_ended_when_the_clock_goes_back(
    jump: timedelta, client: Client, db: None, machine: Clock
) -> None:
    client.force_login(Person.objects.create_person("anna", "", "sales"))
    assert client.get("/me/").status_code == 200
    machine.at = NOON + timedelta(seconds=settings.SESSION_ABSOLUTE_AGE + 1)
    assert client.get("/me/").status_code == 302
    machine.at = NOON + jump
    assert client.get("/me/").status_code == 302


def test_a_session_begun_while_the_clock_was_ahead_lives_no_longer_than_others(
    client: Client, db: None, machine: Clock
) -> None:
    client.force_login(Person.objects.create_person("anna", "", "sales"))
    machine.at = NOON + timedelta(days=300)
    assert client.get("/me/").status_code == 200
    machine.at = NOON
    assert client.get("/me/").status_code == 200
    assert (client.session["began_at"], client.session["seen_at"]) == (NOON.timestamp(), NOON.timestamp())
    machine.at = NOON + timedelta(seconds=settings.SESSION_ABSOLUTE_AGE + 1)
    assert client.get("/me/").status_code == 302


def test_days_are_those_of_the_companys_zone_over_a_change_of_summer_time(
    monkeypatch: pytest.MonkeyPatch, machine: Clock
) -> None:
    monkeypatch.setattr(settings, "TIME_ZONE", "Europe/Oslo")
    for at, day in (
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), "2026-03-30"),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "2026-10-25"),
        (datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), "2038-01-19"),
    ):
        machine.at = at
        assert clock.today().isoformat() == day
