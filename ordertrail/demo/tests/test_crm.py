"""The CRM's API as a client sees it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ordertrail.demo.sources import DemoCompany
from ordertrail.demo.systems import crm

pytestmark = pytest.mark.slow


@pytest.fixture
def address(crm_address: str) -> str:
    return f"{crm_address}/api/v2"


def ask(url: str, token: str = crm.ACCESS) -> Any:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def pages(url: str) -> Iterator[dict[str, Any]]:
    page, last = 1, 1
    while page <= last:
        answer = ask(f"{url}page={page}&per_page=150")
        last = answer["meta"]["pages"]
        yield from answer["data"]
        page += 1


def test_all_pages_together_are_the_list(demo: DemoCompany, address: str) -> None:
    deals = list(pages(f"{address}/deals?"))
    planted = [fact for fact in demo.facts.rejects if fact["kind"] == "opportunity"]
    assert len(deals) == demo.facts.totals["crm"]["opportunity"]["documents"] + len(planted)
    assert len({deal["id"] for deal in deals}) == len(deals)
    assert [deal["updated_at"] for deal in deals] == sorted(deal["updated_at"] for deal in deals)
    story = next(deal for deal in deals if deal["code"] == "OPP-2608-031")
    assert (story["order_no"], story["stage"], story["created_at"]) == ("SO-2609-0012", "won", "2026-08-24T01:00:00Z")


def test_updated_since_gives_what_changed_then_and_later(address: str) -> None:
    since = "2026-09-14T00:00:00Z"
    deals = list(pages(f"{address}/deals?updated_since={since}&"))
    assert 0 < len(deals) < 200
    assert min(deal["updated_at"] for deal in deals) >= since


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("deals", "wrong", 401),
        ("nothing", crm.ACCESS, 404),
        ("deals?page=two", crm.ACCESS, 400),
        ("deals?updated_since=soon", crm.ACCESS, 400),
    ],
)
def test_refusals(address: str, path: str, token: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(f"{address}/{path}", token)
    assert refused.value.code == status
    refused.value.close()


def test_what_changes_in_the_file_is_answered_at_once(tmp_path: Path) -> None:
    def deal(stage: str, at: str) -> tuple[str, dict[str, Any]]:
        return "deals", {"id": "deal-1", "stage": stage, "updated_at": at}

    crm.write(tmp_path, extra=[deal("lead", "2026-09-01T00:00:00Z")])
    with crm.serving(tmp_path, port=0) as server:
        url = f"{server.address}/api/v2/deals"
        assert [one["stage"] for one in ask(url)["data"]] == ["lead"]
        crm.write(tmp_path, extra=[deal("won", "2026-09-02T00:00:00Z")])
        assert [one["stage"] for one in ask(url)["data"]] == ["won"]
