"""Scenario E19: the OMS and the warehouse disagree. It is seen, explained, and closes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from ordertrail.findings.checks import all_checks
from ordertrail.findings.follow import daily, follow
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.findings.tests.company import (
    ERP_BILLS_10,
    MES_MADE_8,
    OMS_X,
    WMS_SHIPS_4,
    WMS_SHIPS_6,
    WMS_X,
    company,
    say,
    x_id,
)
from ordertrail.records.models import Source
from ordertrail.records.shapes import CustomerRecord

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch) -> dict[str, Source]:
    """The company; each system speaks on its own day of September 2026, at noon in Shanghai."""
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-04")
    by = company()
    said = (
        ("04", "oms", OMS_X), ("05", "wms", WMS_X), ("14", "wms", WMS_SHIPS_6), ("14", "mes", MES_MADE_8),
        ("15", "erp", ERP_BILLS_10),
    )  # fmt: skip
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    for day, code, record in said:
        monkeypatch.setenv("ORDERTRAIL_TODAY", f"2026-09-{day}")
        say(by[code], record)
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-16")
    follow()
    return by


def titles(status: str = "open") -> list[str]:
    return [
        all_checks()[row.check_name].title(row.facts) for row in Finding.objects.filter(status=status).order_by("pk")
    ]


def test_exactly_three_findings_with_their_money_age_and_whose_work_it_is(by: dict[str, Source]) -> None:
    rows = Finding.objects.order_by("check_name")
    assert [(row.check_name, row.kind, row.role, row.money, row.currency) for row in rows] == [
        ("finished_below_ordered", "exception", "production", D("271.20"), "CNY"),
        ("invoiced_over_shipped", "exception", "finance", D("542.40"), "CNY"),
        ("shipped_differs", "exception", "store", D("542.40"), "CNY"),
    ]
    assert {(row.object_kind, row.object, row.order, row.status) for row in rows} == {("order", x_id(), x_id(), "open")}
    noon = {day: datetime(2026, 9, day, 4, tzinfo=UTC) for day in (14, 15)}
    assert [row.since for row in rows] == [noon[14], noon[15], noon[14]]


def test_the_words_in_three_languages(by: dict[str, Source]) -> None:
    with translation.override("en"):
        assert sorted(titles()) == [
            "Finished 8 < ordered 10, 2 pcs short",
            "Invoiced 10 > shipped 6: 4 pcs × 120.00",
            "OMS shipped 10 ≠ WMS sent 6",
        ]
    with translation.override("zh-hans"):
        assert sorted(titles()) == [
            "OMS 已发货 10 ≠ WMS 出库 6",
            "完工 8 < 订购 10，差 2 件",
            "已开票 10 > 已发货 6：4 件 × 120.00",
        ]
    with translation.override("zh-hant"):
        assert sorted(titles()) == [
            "OMS 已出貨 10 ≠ WMS 出庫 6",
            "完工 8 < 訂購 10，差 2 件",
            "已開票 10 > 已出貨 6：4 件 × 120.00",
        ]


def test_what_to_do_names_the_system_the_document_and_the_numbers(by: dict[str, Source]) -> None:
    shipped, billed, made = (Finding.objects.get(check_name=name) for name in (
        "shipped_differs", "invoiced_over_shipped", "finished_below_ordered"))  # fmt: skip
    with translation.override("zh-hans"):
        assert all_checks()["shipped_differs"].next_step(shipped.facts) == (
            "请仓库核对 4 件是否仍在库：已出库则在 WMS 补录发货单；仍在库则在 OMS 改正 SO-2609-0027 的已发货数量。一致后自动关闭。"
        )
        assert all_checks()["invoiced_over_shipped"].next_step(billed.facts) == (
            "补发 4 件，或在 ERP 对 INV-2609-0024 开红字发票 542.40。之后自动关闭。"
        )
        assert all_checks()["finished_below_ordered"].next_step(made.facts) == (
            "WO-2609-0044 还差 2 件。完工后在 MES 报工，之后自动关闭。"
        )


def test_the_warehouse_sends_the_rest_and_two_close_by_themselves_and_stay_in_the_history(
    by: dict[str, Source],
) -> None:
    say(by["wms"], WMS_SHIPS_4)
    follow()
    assert list(Finding.objects.filter(status="open").values_list("check_name", flat=True)) == [
        "finished_below_ordered"
    ]
    closed = Finding.objects.filter(status="closed")
    assert {row.check_name for row in closed} == {"shipped_differs", "invoiced_over_shipped"}
    for row in closed:
        assert row.closed_at == datetime(2026, 9, 16, 4, tzinfo=UTC)
        assert row.money == D("542.40")  # what it was about is still told
        assert list(row.history.order_by("pk").values_list("what", flat=True)) == ["opened", "closed"]


def test_it_comes_back_with_its_history(by: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
    say(by["wms"], WMS_SHIPS_4)
    follow()
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-17")
    say(by["wms"], replace(WMS_SHIPS_4, state="cancelled"))
    follow()
    row = Finding.objects.get(check_name="shipped_differs")
    assert (row.status, row.closed_at, row.money) == ("open", None, D("542.40"))
    assert list(row.history.order_by("pk").values_list("what", flat=True)) == ["opened", "closed", "reopened"]


def test_to_follow_again_changes_nothing(by: dict[str, Source]) -> None:
    before = list(Finding.objects.values()), FindingEvent.objects.count()
    assert follow() == 0
    assert daily() == 0
    assert (list(Finding.objects.values()), FindingEvent.objects.count()) == before


def test_two_more_are_missing_and_the_figures_follow(by: dict[str, Source]) -> None:
    say(by["wms"], replace(WMS_SHIPS_6, lines=(replace(WMS_SHIPS_6.lines[0], qty=D(5)),)))
    follow()
    row = Finding.objects.get(check_name="shipped_differs")
    assert (row.money, row.facts["agreed"], row.facts["gap"]) == (D("678.00"), "5", "5")
    assert row.since == datetime(2026, 9, 14, 4, tzinfo=UTC)  # it is the same disagreement as before
    assert list(row.history.order_by("pk").values_list("what", flat=True)) == ["opened", "changed"]
