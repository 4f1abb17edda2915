"""The worker's daily look goes on in parts: what changes meanwhile, jobs and the hub have their turn between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ordertrail.config import work
from ordertrail.config.work import Following
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.tests.company import QUIET, say
from ordertrail.records.models import Source

pytestmark = pytest.mark.django_db
NUMBERS = ("SO-2609-0028", "SO-2609-0029")


def late() -> int:
    return Finding.objects.filter(check_name="late", status="open").count()


def test_each_round_looks_at_some_orders_and_lets_the_hub_follow(
    by: dict[str, Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in NUMBERS:
        say(by["oms"], replace(QUIET, ref=number, number=number))
    while follow():
        pass
    refreshed: list[int] = []
    monkeypatch.setattr("ordertrail.hub.refresh.refresh", lambda: refreshed.append(late()))
    monkeypatch.setattr(work, "AT_ONCE", 1)
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-22")
    following = Following()
    for _round in range(20):
        if not following():
            break
    assert late() == 3  # these two, and the one that there was
    assert sorted(set(refreshed)) == [1, 2, 3], "the hub had no turn between two parts"
    assert not following()  # this day has been looked at
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-23")
    assert following()


def test_a_look_that_fails_is_not_begun_again_every_round(
    by: dict[str, Source], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr("ordertrail.findings.follow.due_by_clock", broken)
    monkeypatch.setattr("ordertrail.hub.refresh.refresh", lambda: None)
    following = Following()
    assert [following() for _ in range(3)] == [False, False, False]
    assert sum("daily checks" in one.getMessage() for one in caplog.records) == 1
