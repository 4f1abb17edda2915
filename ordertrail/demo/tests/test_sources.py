"""Every document of every system is read by the declared mapping, except those that were planted to be rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.demo.rejects import Rejected
from ordertrail.demo.sources import DemoCompany, write_sources
from ordertrail.demo.tests.conftest import bytes_of
from ordertrail.records.shapes import Problem, Record, ShipmentRecord, WorkOrderRecord
from ordertrail.sync.connectors import connector
from ordertrail.sync.mapping import Stream, streams, to_records

pytestmark = pytest.mark.slow

CODES = ("oms", "crm", "wms", "erp", "mes", "project", "bank")


def read(setting: dict[str, Any]) -> Iterator[tuple[Stream, Record | Problem]]:
    """Every record of a source, streams in their order, the latest version of each document."""
    zone = ZoneInfo(setting["zone"])
    source = connector(setting["connector"])(setting["settings"], setting["secrets"], zone)
    for stream in streams(setting["settings"]):
        latest: dict[tuple[str, str], tuple[str, Record | Problem]] = {}
        for landing in source.fetch(stream, None):
            documents = list(source.read(stream, landing))
            versions = {one.ref: getattr(one, "version", "") for one in documents}
            for record in to_records(stream, documents, zone):
                key = (getattr(record, "kind", "problem"), record.ref)
                version = versions.get(record.ref, "")
                if key not in latest or version >= latest[key][0]:
                    latest[key] = version, record
        yield from ((stream, record) for _, record in latest.values())


@pytest.mark.parametrize("code", CODES)
def test_all_is_read_but_what_was_planted(code: str, demo: DemoCompany, settings_of: dict[str, dict[str, Any]]) -> None:
    found = list(read(settings_of[code]))
    problems = [(stream.kind, one) for stream, one in found if isinstance(one, Problem)]
    rejected = [asdict(Rejected(code, kind, one.ref, one.column, one.code)) for kind, one in problems]
    expected = [fact for fact in demo.facts.rejects if fact["source"] == code]
    assert sorted(rejected, key=str) == sorted(expected, key=str)
    counted = Counter(stream.kind for stream, one in found if not isinstance(one, Problem) and one.kind == stream.kind)
    assert counted == {kind: total["documents"] for kind, total in demo.facts.totals[code].items()}
    lines: Counter[str] = Counter()
    for stream, one in found:
        lines[stream.kind] += len(getattr(one, "lines", ()) or getattr(one, "allocations", ()))
    for kind, total in demo.facts.totals[code].items():
        assert lines[kind] == total.get("lines", 0), kind


def test_the_warehouse_quantities_are_what_left(demo: DemoCompany, settings_of: dict[str, dict[str, Any]]) -> None:
    done = [one for _, one in read(settings_of["wms"]) if isinstance(one, ShipmentRecord) and one.state == "done"]
    assert sum(line.qty for one in done for line in one.lines) == Decimal(
        demo.facts.totals["wms"]["shipment"]["shipped_qty"]
    )


def test_the_last_row_of_a_work_order_holds(demo: DemoCompany, settings_of: dict[str, dict[str, Any]]) -> None:
    work = [one for _, one in read(settings_of["mes"]) if isinstance(one, WorkOrderRecord)]
    assert sum(one.finished_qty for one in work) == Decimal(demo.facts.totals["mes"]["work_order"]["finished_qty"])


def test_the_same_day_and_seed_give_the_same_bytes(young: DemoCompany, tmp_path: Path) -> None:
    again = write_sources(tmp_path, days=75)
    assert again.facts == young.facts
    assert bytes_of(tmp_path) == bytes_of(young.folder)
    assert write_sources(tmp_path / "other", seed=7, days=75).facts.counts != young.facts.counts


@pytest.mark.parametrize("today", [date(2025, 3, 2), date(2026, 2, 20), date(2027, 1, 1)])
def test_any_day_can_be_today(today: date, tmp_path: Path) -> None:
    """A Sunday, a day in Spring Festival, New Year: the stories stand, and nothing lies in the future."""
    company = write_sources(tmp_path, today, days=75)
    assert company.facts.orders["SO-2609-0012"]["paid"] == "548.00"
    assert company.facts.orders["SO-2609-0027"]["lines"]["1"] == {
        "ordered": 10,
        "shipped": 6,
        "invoiced": 10,
        "finished": 8,
    }
    assert max(one["ordered_on"] for one in company.facts.orders.values()) < today.isoformat()
