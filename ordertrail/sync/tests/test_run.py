"""A sync run from end to end: five systems that disagree about one order come in, and are read again."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from ordertrail.demo import small
from ordertrail.desk.laws import verify
from ordertrail.desk.mirror import mirror
from ordertrail.desk.models import Change
from ordertrail.findings.checks import all_checks
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.lib.refused import Refused
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records.models import Batch, Source, SourceDocument, SourceVersion
from ordertrail.sync import run as running
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.landing import again
from ordertrail.sync.models import Cursor, Reject, SyncRun
from ordertrail.sync.replay import check as compared
from ordertrail.sync.run import replay_rejects, run_source
from ordertrail.sync.sources import declare
from ordertrail.sync.story import sentence
from ordertrail.sync.tests.shop import Shop

pytestmark = [pytest.mark.slow, pytest.mark.store]

D = Decimal
COUNTS = ("read", "new", "changed", "unchanged", "rejected")


@pytest.fixture(autouse=True)
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """First loads are read in this process: another one does not see a test's transaction."""
    if "transactional_db" not in request.fixturenames:
        monkeypatch.setattr(Ahead, "apart", Ahead.here)


@pytest.fixture
def company(tmp_path: Path) -> small.SmallCompany:
    return small.write(tmp_path / "systems")


def synced(company: small.SmallCompany) -> dict[str, SyncRun]:
    """Every source declared and read once, by code; all are declared before the first is read."""
    sources = [declare(setting) for setting in small.source_settings(company)]
    return {source.code: run_source(source) for source in sources}


def counts(run: SyncRun) -> tuple[int, ...]:
    return tuple(getattr(run, name) for name in COUNTS)


@pytest.fixture
def wms(company: small.SmallCompany) -> Iterator[Callable[[str], None]]:
    """A function that runs SQL in the warehouse's own system."""
    opened = sqlite3.connect(company.folder / "wms.sqlite3")

    def run(sql: str) -> None:
        opened.executescript(sql)
        opened.commit()

    yield run
    opened.close()


# --- five systems, one order -----------------------------------------------------------------------------------------


def test_five_systems_become_one_order_and_every_count_adds_up(db: None, company: small.SmallCompany) -> None:
    runs = synced(company)
    assert {code: (run.state, *counts(run)) for code, run in runs.items()} == {
        "oms": ("done", 3, 3, 0, 0, 0),
        "wms": ("done", 1, 1, 0, 0, 0),
        "erp": ("done", 4, 4, 0, 0, 0),
        "mes": ("done", 1, 1, 0, 0, 0),
        "bank": ("done", 1, 1, 0, 0, 0),
    }
    assert all(run.expected in (run.read, 0, None) for run in runs.values())
    x = OrderStatus.objects.get()
    assert (x.number, x.ordered_qty, x.shipped_qty, x.invoiced_qty, x.finished_qty) == (
        small.NUMBER,
        D(10),
        D(6),
        D(10),
        D(8),
    )
    assert (str(x.ordered), str(x.invoiced), str(x.paid)) == ("1356.0000", "1356.0000", "0.0000")
    by = {source.pk: source.code for source in Source.objects.all()}
    believed = (x.goods_source, x.invoice_source, x.money_source, x.production_source)
    assert [by[source] for source in believed if source] == ["wms", "erp", "bank", "mes"]
    assert list(verify()) == []
    assert [differs for source in Source.objects.all() for differs in compared(source)] == []


def test_each_landing_keeps_its_bytes_and_each_version_says_where_it_stood(
    db: None, company: small.SmallCompany
) -> None:
    synced(company)
    version = SourceVersion.objects.select_related("batch").get(document__number="SH-2609-0029")
    assert version.batch is not None
    assert (version.batch.source.code, version.batch.stream, version.place) == (
        "wms",
        "shipment",
        "outbound out_no=SH-2609-0029",
    )
    assert b'"out_no":"SH-2609-0029"' in again(version.batch).body
    assert not Batch.objects.filter(applied_at=None).exists()


def test_the_second_run_reads_the_same_and_changes_nothing(db: None, company: small.SmallCompany) -> None:
    synced(company)
    before = Change.objects.count(), SourceVersion.objects.count(), list(OrderStatus.objects.values())
    cursors = list(Cursor.objects.order_by("pk").values_list("source__code", "stream", "value"))
    assert ("oms", "order", "2026-09-14 15:30:00") in cursors
    assert ("wms", "shipment", "2026-09-14T15:02:00") in cursors

    runs = synced(company)

    assert {code: counts(run) for code, run in runs.items()} == {
        "oms": (3, 0, 0, 3, 0),
        "wms": (1, 0, 0, 1, 0),
        "erp": (4, 0, 0, 4, 0),
        "mes": (0, 0, 0, 0, 0),  # files that are as they were are not read again
        "bank": (0, 0, 0, 0, 0),
    }
    assert (Change.objects.count(), SourceVersion.objects.count(), list(OrderStatus.objects.values())) == before
    assert list(Cursor.objects.order_by("pk").values_list("source__code", "stream", "value")) == cursors


# --- its story -------------------------------------------------------------------------------------------------------


def test_the_story_in_three_languages(db: None, company: small.SmallCompany) -> None:
    run = synced(company)["mes"]
    told = {}
    for language in ("en", "zh-hans", "zh-hant"):
        with translation.override(language):
            told[language] = [sentence(line) for line in run.story]
    assert told["en"] == [
        "Work orders: first reading, everything",
        "Work orders: 1 landings, 244 B kept",
        "Work orders: 1 read = 1 new + 0 changed + 0 unchanged + 0 rejected",
        "Work orders: Read as utf-8, cells separated by ,.",
    ]
    assert told["zh-hans"][:3] == [
        "生产工单：首次读取，全部读入",
        "生产工单：落地 1 批，原文 244 B",
        "生产工单：读取 1 = 新增 1 + 变更 0 + 未变 0 + 拒收 0",
    ]
    assert told["zh-hant"][:3] == [
        "工單：首次讀取，全部讀入",
        "工單：落地 1 批，原文 244 B",
        "工單：讀取 1 = 新增 1 + 變更 0 + 未變 0 + 拒收 0",
    ]


def test_a_stream_with_a_name_of_its_own_keeps_it(db: None) -> None:
    with translation.override("zh-hans"):
        assert sentence({"code": "first", "stream": "Niederlassung Süd"}) == "Niederlassung Süd：首次读取，全部读入"
        assert sentence({"code": "made-later", "stream": "order"}) == "未知步骤 made-later"


# --- E19: seen, explained, closed ------------------------------------------------------------------------------------


def open_findings() -> dict[str, str]:
    with translation.override("en"):
        return {
            row.check_name: all_checks()[row.check_name].title(row.facts)
            for row in Finding.objects.filter(status="open")
        }


def test_e19_what_disagrees_is_found_and_closes_when_the_warehouse_sends_the_rest(
    db: None, company: small.SmallCompany
) -> None:
    synced(company)
    follow()
    assert open_findings() == {
        "finished_below_ordered": "Finished 8 < ordered 10, 2 pcs short",
        "invoiced_over_shipped": "Invoiced 10 > shipped 6: 4 pcs × 120.00",
        "shipped_differs": "OMS shipped 10 ≠ WMS sent 6",
        "unmatched_payment": "2,000.00 from “东澳渔业设备有限公司”: no such customer, no invoice",
    }
    assert {row.check_name: str(row.money) for row in Finding.objects.all()} == {
        "finished_below_ordered": "271.2000",
        "invoiced_over_shipped": "542.4000",
        "shipped_differs": "542.4000",
        "unmatched_payment": "2000.0000",
    }

    company.wms_ships_four_more()
    wms = run_source(Source.objects.get(code="wms"))
    follow()

    assert counts(wms) == (2, 1, 0, 1, 0)
    x = OrderStatus.objects.get()
    assert (x.shipped_qty, x.to_ship_qty, x.delivery, x.invoicing) == (D(10), D(0), "done", "fully")
    assert set(open_findings()) == {"finished_below_ordered", "unmatched_payment"}
    closed = Finding.objects.filter(status="closed")
    assert {row.check_name for row in closed} == {"shipped_differs", "invoiced_over_shipped"}
    assert all(row.closed_at is not None and row.history.filter(what="closed").count() == 1 for row in closed)
    assert list(verify()) == []


# --- what cannot be read ---------------------------------------------------------------------------------------------


def test_a_row_that_cannot_be_read_waits_once_and_is_read_again_when_the_mapping_knows_it(
    db: None, company: small.SmallCompany, wms: Callable[[str], None]
) -> None:
    wms("UPDATE outbound SET stat = 'S7'")
    first = synced(company)["wms"]
    second = run_source(Source.objects.get(code="wms"))
    assert counts(first) == counts(second) == (1, 0, 0, 0, 1)
    reject = Reject.objects.get()  # the same row refused twice waits once
    assert (reject.ref, reject.column, reject.code) == ("SH-2609-0029", "stat", "unknown_value")
    assert "“S7” was never seen here" in reject.detail
    assert "S7" in reject.raw
    assert OrderStatus.objects.get().shipped_qty == 0

    setting = deepcopy(small.source_settings(company)[1])
    setting["settings"]["streams"][0]["fields"]["state"]["map"]["S7"] = "done"
    source = declare(setting)
    assert replay_rejects(source) == 1
    assert OrderStatus.objects.get().shipped_qty == 6
    assert Reject.objects.get().solved_at is not None

    before = Change.objects.count(), SourceVersion.objects.count()
    assert replay_rejects(source) == 0
    assert (Change.objects.count(), SourceVersion.objects.count()) == before
    assert list(verify()) == []


def test_a_row_that_is_mended_at_its_source_closes_its_reject(
    db: None, company: small.SmallCompany, wms: Callable[[str], None]
) -> None:
    wms("UPDATE outbound SET stat = 'S7'")
    synced(company)
    wms("UPDATE outbound SET stat = 'S9', upd = '2026-09-15T08:00:00'")
    assert counts(run_source(Source.objects.get(code="wms"))) == (1, 1, 0, 0, 0)
    assert Reject.objects.get().solved_at is not None
    assert OrderStatus.objects.get().shipped_qty == 6


def test_a_row_without_a_key_waits_once_too(db: None, company: small.SmallCompany, wms: Callable[[str], None]) -> None:
    wms("UPDATE carton_line SET out_no = '' WHERE out_no = 'SH-2609-0029'; UPDATE outbound SET out_no = ''")
    first = synced(company)["wms"]
    second = run_source(Source.objects.get(code="wms"))
    assert counts(first) == counts(second) == (1, 0, 0, 0, 1)
    assert Reject.objects.get().ref == ""


def test_a_row_without_a_key_is_closed_by_a_replay_that_can_read_it(db: None, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop.sqlite3")
    shop.put("", "SO-1")
    source = shop.source()
    assert counts(run_source(source)) == (1, 0, 0, 0, 1)
    assert replay_rejects(source) == 0
    source = shop.source(key="no")  # its number is its key
    assert replay_rejects(source) == 1
    assert Order.objects.get().number == "SO-1"


def test_a_thousand_rejected_rows_are_read_again_at_once_and_a_second_time_changes_nothing(
    db: None, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop.sqlite3")
    shop.put_all([(str(n), f"SO-{n}", {"status": "on hold"}) for n in range(1, 1_001)])
    source = shop.source()
    assert counts(run_source(source)) == (1_000, 0, 0, 0, 1_000)
    assert counts(run_source(source)) == (1_000, 0, 0, 0, 1_000)
    assert Reject.objects.filter(solved_at=None).count() == 1_000

    shop.stream["fields"]["state"]["map"]["on hold"] = "confirmed"
    source = shop.source()
    assert replay_rejects(source) == 1_000
    assert (Order.objects.count(), Reject.objects.filter(solved_at=None).count()) == (1_000, 0)
    before = Change.objects.count(), SourceVersion.objects.count()
    assert replay_rejects(source) == 0
    assert (Change.objects.count(), SourceVersion.objects.count()) == before
    assert list(compared(source)) == []


# --- what stops a run ------------------------------------------------------------------------------------------------


def test_a_source_that_fails_leaves_what_was_read_before(db: None, company: small.SmallCompany) -> None:
    opened = sqlite3.connect(company.folder / "oms.sqlite3")
    opened.execute("ALTER TABLE orders RENAME COLUMN promise_date TO promised_on")
    opened.commit()
    opened.close()
    runs = synced(company)
    oms = runs["oms"]
    assert (oms.state, *counts(oms)) == ("failed", 2, 2, 0, 0, 0)  # its customer and its product came in
    assert "column “promise_date” is missing; it may now be called “promised_on”" in oms.error
    assert oms.story[-1]["code"] == "failed"
    with translation.override("zh-hans"):
        assert sentence(oms.story[-1]).startswith("已停止：")
    assert set(SourceDocument.objects.filter(source__code="oms").values_list("kind", flat=True)) == {
        "customer",
        "product",
    }
    assert not Cursor.objects.filter(source__code="oms", stream="order").exclude(value="").exists()
    assert [runs[code].state for code in ("wms", "erp", "mes", "bank")] == ["done"] * 4
    assert list(verify()) == []


def test_a_source_that_cannot_be_reached_fails_with_a_sentence(db: None, company: small.SmallCompany) -> None:
    synced(company)
    (company.folder / "wms.sqlite3").unlink()
    run = run_source(Source.objects.get(code="wms"))
    assert (run.state, run.read) == ("failed", 0)
    assert "wms.sqlite3" in run.error
    assert OrderStatus.objects.get().shipped_qty == 6  # the last good data stays


def test_a_source_that_is_being_synced_already_is_refused(db: None, company: small.SmallCompany) -> None:
    synced(company)
    before = SyncRun.objects.count()
    with (settings.HOME / "locks" / "sync-wms").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Refused) as refused, translation.override("en"):
            run_source(Source.objects.get(code="wms"))
    assert (refused.value.code, refused.value.detail) == (
        "already_running",
        "WMS is being synced already; its progress is on its page.",
    )
    assert SyncRun.objects.count() == before
    assert run_source(Source.objects.get(code="wms")).state == "done"  # the lock is free again


class _Killed(BaseException):
    """What a test raises in the place of a signal."""


def test_a_run_that_is_cut_off_is_closed_by_the_next_which_goes_on(
    db: None, company: small.SmallCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def dies(*args: Any, **words: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise _Killed
        return mirror(*args, **words)

    monkeypatch.setattr(running, "mirror", dies)
    oms = declare(small.source_settings(company)[0])
    with pytest.raises(_Killed):
        run_source(oms)
    cut = SyncRun.objects.get()
    assert (cut.state, *counts(cut)) == ("running", 2, 2, 0, 0, 0)
    assert Order.objects.count() == 0

    with translation.override("en"):
        run = run_source(oms)
    cut.refresh_from_db()
    assert (cut.state, cut.error) == ("failed", "The run was cut off; this one goes on where it stood.")
    assert (run.state, *counts(run)) == ("done", 3, 1, 0, 2, 0)
    assert Order.objects.count() == 1
    assert list(verify()) == []


def test_a_fault_of_our_own_fails_the_run_and_is_raised(
    db: None, company: small.SmallCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **words: Any) -> Any:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(running, "mirror", broken)
    with pytest.raises(ZeroDivisionError):
        run_source(declare(small.source_settings(company)[0]))
    run = SyncRun.objects.get()
    assert run.state == "failed"
    assert re.fullmatch(r"A fault of ours: nothing is half done\. .* the number [0-9a-f]{8}, .*", run.error)
    assert "ZeroDivision" not in str(run.story)
