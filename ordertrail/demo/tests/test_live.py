"""The company lives on: what changed is written with later change times, and a restart goes on where it stopped."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ordertrail.demo.live import LiveCompany
from ordertrail.demo.sources import DemoCompany
from ordertrail.demo.stories import A, X
from ordertrail.demo.systems import erp, oms, wms
from ordertrail.demo.tests.conftest import bytes_of
from ordertrail.demo.tests.test_small import rows
from ordertrail.demo.truth import local


@pytest.fixture
def folder(young: DemoCompany, tmp_path: Path) -> Path:
    """A copy of the company's systems that may change."""
    shutil.copytree(young.folder, tmp_path / "sources")
    return tmp_path / "sources"


def changed_at(folder: Path) -> tuple[str, ...]:
    return (
        str(rows(folder / oms.FILE, "SELECT max(updated_at) FROM orders")[0][0]),
        str(rows(folder / wms.FILE, "SELECT max(upd) FROM outbound")[0][0]),
        str(rows(folder / erp.FILE, "SELECT max(modify_time) FROM t_invoice")[0][0]),
    )


def test_one_day_is_a_few_dozen_changes_each_later_than_before(folder: Path) -> None:
    company = LiveCompany(folder)
    before = changed_at(folder)
    orders = rows(folder / oms.FILE, "SELECT count(*) FROM orders")[0][0]
    now = local(2026, 9, 16, 12)

    lived = company.step(now)

    assert lived.day.isoformat() == "2026-09-16"
    assert 5 <= lived.changed["order"] <= 60
    after = changed_at(folder)
    assert all(late > early for late, early in zip(after, before, strict=True))
    assert after[0] <= oms.at(now)
    assert int(str(rows(folder / oms.FILE, "SELECT count(*) FROM orders")[0][0])) > int(str(orders))


def test_the_other_four_of_x_leave_on_the_second_day_and_the_disagreement_is_gone(folder: Path) -> None:
    company = LiveCompany(folder)
    for _ in range(2):
        company.step()

    facts = company.facts()

    assert facts.today == "2026-09-18"
    assert facts.orders[X]["lines"]["1"] == {"ordered": 10, "shipped": 10, "invoiced": 10, "finished": 10}
    for kind in ("shipped_differs", "invoiced_over_shipped", "finished_under_ordered"):
        assert X not in [fact["order"] for fact in facts.conflicts[kind]]
    assert facts.orders[A]["lines"]["1"]["shipped"] == 6
    assert rows(folder / wms.FILE, "SELECT ref_no, stat FROM outbound WHERE out_no = 'SH-2609-0034'")[0][1] == "S9"


def test_conflicts_come_and_go(folder: Path) -> None:
    company = LiveCompany(folder)
    lived = [company.step(local(2026, 9, 16, 12) + timedelta(minutes=minute)) for minute in range(8)]

    assert [day for day in lived if day.mended]
    assert [day for day in lived if day.told]
    wrong = {fact.get("order") for listed in company.facts().conflicts.values() for fact in listed}
    mended = next(day.mended for day in lived if day.mended)
    assert mended not in wrong


def test_after_a_restart_it_goes_on_as_if_nothing_had_been(young: DemoCompany, folder: Path, tmp_path: Path) -> None:
    def clock(minute: int) -> datetime:
        return local(2026, 9, 16, 12, minute)

    shutil.copytree(young.folder, tmp_path / "other")
    company = LiveCompany(folder)
    for minute in (0, 1, 2):
        company.step(clock(minute))
    for minute in (0, 1, 2):
        restarted = LiveCompany(tmp_path / "other")
        restarted.step(clock(minute))

    one, other = bytes_of(folder), bytes_of(tmp_path / "other")
    assert {name for name in one if one[name] != other[name]} == set()
