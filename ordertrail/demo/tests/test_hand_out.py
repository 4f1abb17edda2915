"""The demo's people have work on their desks from the first page on, and leave some for who tries it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from ordertrail.demo.setting_up import _people, hand_out
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.lib import clock

pytestmark = pytest.mark.django_db


def test_each_has_taken_some_one_was_given_by_dana_and_others_are_nobodys(db: None) -> None:
    _people()
    for number in range(8):
        Finding.objects.create(
            check_name="shipped_differs", object_kind="order", object=number, order=number, status="open", role="store",
            since=clock.now(), money=Decimal(100 - number), currency="CNY",
        )  # fmt: skip
    Finding.objects.create(
        check_name="late", object_kind="order", object=9, order=9, status="open", role="finance", since=clock.now()
    )
    hand_out()
    owners = dict(Finding.objects.values_list("object", "owner__username"))
    assert owners == {0: "bo", 1: "bo", 2: "bo", 3: "bo", **dict.fromkeys((4, 5, 6, 7, 9))}
    assert Counter(FindingEvent.objects.values_list("what", "actor__username")) == {
        ("taken", "bo"): 3, ("given", "dana"): 1,
    }  # fmt: skip
