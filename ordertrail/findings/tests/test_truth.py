"""Really synced: scenario E19 from its five systems, and every planted truth of the demo company, no more and no less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from ordertrail.demo import small
from ordertrail.demo.sources import source_settings, write_sources
from ordertrail.findings.follow import daily, follow
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told
from ordertrail.lib import clock
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import SourceDocument
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare

pytestmark = pytest.mark.django_db


def synced(settings: Iterable[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    for source in [declare(setting) for setting in settings]:
        run = run_source(source)
        assert (run.state, run.error) == ("done", "")
    while follow():
        continue
    daily()


def open_of(order: int) -> list[str]:
    return [
        told(row).title for row in Finding.objects.filter(order=order, status="open").order_by("-money", "check_name")
    ]


@pytest.mark.slow
def test_e19_from_its_five_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = small.write(tmp_path / "small")
    synced(small.source_settings(company), monkeypatch)
    x = OrderStatus.objects.get(number=small.NUMBER).order_id
    with translation.override("zh-hans"):
        assert open_of(x) == [
            "已开票 10 > 已发货 6：4 件 × 120.00",
            "OMS 已发货 10 ≠ WMS 出库 6",
            "完工 8 < 订购 10，差 2 件",
        ]
        shipped = Finding.objects.get(check_name="shipped_differs")
        assert told(shipped).next_step == (
            "请仓库核对 4 件是否仍在库：已出库则在 WMS 补录发货单；仍在库则在 OMS 改正 SO-2609-0027 的“status”。一致后自动关闭。"
        )
    company.wms_ships_four_more()
    synced(small.source_settings(company), monkeypatch)
    with translation.override("en"):
        assert open_of(x) == ["Finished 8 < ordered 10, 2 pcs short"]
    assert Finding.objects.filter(order=x, status="closed").count() == 2


@pytest.mark.slow
def test_every_planted_truth_of_the_demo_company_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = write_sources(tmp_path / "demo", days=60)
    with company.serve_crm(0) as crm:
        synced(source_settings(company, crm.address), monkeypatch)
    numbers = dict(OrderStatus.objects.values_list("order_id", "number"))
    rows = list(Finding.objects.filter(status="open"))
    ages = [clock.now() - row.since for row in rows]
    assert min(ages) >= timedelta(0)
    assert (
        sum(age >= timedelta(days=1) for age in ages) > len(ages) / 2
    )  # as old as the documents, not as the first load
    facts = company.facts

    def seen(check: str, *more: str) -> Counter[tuple[Any, ...]]:
        return Counter(
            (numbers[row.order or 0], *(getattr(row, name) for name in more)) for row in rows if row.check_name == check
        )

    def planted(kind: str, *more: str) -> Counter[tuple[Any, ...]]:
        told = facts.conflicts[kind]
        return Counter((fact["order"], *(Decimal(fact[name]) for name in more)) for fact in told)

    assert seen("shipped_differs", "money") == planted("shipped_differs", "money")
    assert seen("invoiced_over_shipped", "money") == planted("invoiced_over_shipped", "money")
    assert seen("ordered_differs") == planted("ordered_differs")
    assert seen("promised_differs", "key") == Counter(
        (fact["order"], fact["source"]) for fact in facts.conflicts["promised_differs"]
    )
    assert seen("paid_differs", "money") == Counter(
        (order, Decimal(fact["difference"])) for fact in facts.conflicts["paid_differs"] for order in fact["orders"]
    )
    short = [fact for fact in facts.conflicts["finished_under_ordered"] if fact["closed_short"] or fact["claimed"]]
    assert set(seen("finished_below_ordered")) == {(fact["order"],) for fact in short}
    assert seen("late") == Counter((fact["order"],) for fact in facts.late)

    unplaced = [(fact["payer"], Decimal(fact["amount"])) for fact in facts.unplaced_money]
    money = [(row.facts["payer"], row.money) for row in rows if row.check_name == "unmatched_payment"]
    assert sorted(money) == sorted(unplaced)
    loose = {row.object for row in rows if row.check_name == "unmatched_customer"}
    known = set(SourceDocument.objects.filter(pk__in=loose).values_list("source__code", "ref"))
    strangers = {(fact["source"], fact["ref"]) for fact in facts.unmatched_customers}
    twins = {(fact["source"], ref) for fact in facts.duplicate_customers for ref in fact["refs"]}
    assert {(source, ref) for source, ref in known if source in ("crm", "bank")} <= strangers | twins
    checks = {row.check_name for row in rows}
    assert checks <= {
        "shipped_differs", "invoiced_over_shipped", "ordered_differs", "promised_differs", "paid_differs",
        "finished_below_ordered", "late", "unmatched_payment", "unmatched_customer",
    }  # fmt: skip
