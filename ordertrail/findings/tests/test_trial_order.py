"""Y24 of reliability.md §8: test orders mixed in are flagged, and nothing that only sounds like one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.findings.queries import told
from ordertrail.findings.tests.company import OMS_X, company, say
from ordertrail.records.models import Source
from ordertrail.records.shapes import CustomerRecord

pytestmark = pytest.mark.django_db
QUIET = replace(OMS_X, shipped="")


@pytest.fixture
def oms(db: None) -> Source:
    """The OMS, which knows its customer."""
    oms = company()["oms"]
    say(oms, CustomerRecord("c1", "C1", "启明船厂"))
    return oms


def flagged() -> list[tuple[str, Decimal | None]]:
    follow()
    rows = Finding.objects.filter(check_name="trial_order", status="open")
    return [(told(row).title, row.money) for row in rows]


@pytest.mark.parametrize(
    ("number", "customer", "word"),
    [
        ("TEST-0001", "启明船厂", "TEST"),
        ("SO-2609-0027", "测试客户", "测试"),
        ("SO-2609-0027", "測試客戶", "測試"),
        ("SO-2609-0027", "Dummy Ltd", "Dummy"),
        ("so_test_3", "启明船厂", "test"),
        ("试单-9", "启明船厂", "试单"),
    ],
)
def test_trial_order_y24_is_flagged_until_it_is_cancelled(oms: Source, number: str, customer: str, word: str) -> None:
    order = replace(QUIET, number=number, customer_name=customer)
    say(oms, order)
    assert flagged() == [(f"OMS {number} looks like a test (“{word}”), and counts", Decimal("1356.00"))]
    say(oms, replace(order, state="cancelled"))
    assert flagged() == []


@pytest.mark.parametrize("customer", ["Testo GmbH", "Attestor Capital", "Protest AS", "Latest Lamps Ltd", "启明船厂"])
def test_trial_order_y24_leaves_customers_alone_whose_name_only_sounds_so(oms: Source, customer: str) -> None:
    say(oms, replace(QUIET, customer_name=customer))
    assert flagged() == []
