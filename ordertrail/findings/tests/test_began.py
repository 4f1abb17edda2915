"""What a first load brings is as old as its documents say; what is heard while a source is followed began when we learned it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ordertrail.desk.mirror import mirror
from ordertrail.findings.follow import daily, follow
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.findings.tests.company import ERP_BILLS_10, OMS_X, WMS_SHIPS_6, WMS_X, company, e19, say
from ordertrail.lib import clock
from ordertrail.records.actions import Said
from ordertrail.records.shapes import PaymentRecord

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2026, 9, 13, 16, tzinfo=UTC)
"""The 14th begins in Shanghai: that day six were sent, and ten were billed."""


def since(check: str) -> datetime:
    return Finding.objects.get(check_name=check, status="open").since


def test_a_disagreement_that_a_first_load_brings_began_with_the_later_of_the_two_documents(db: None) -> None:
    e19()
    follow()
    assert (since("shipped_differs"), since("invoiced_over_shipped")) == (MIDNIGHT, MIDNIGHT)
    assert set(FindingEvent.objects.values_list("at", flat=True)) == {clock.now()}  # we learned it now, and say so


def test_a_change_time_tells_more_than_a_day(db: None) -> None:
    by = company()
    mirror(by["oms"], [Said(OMS_X, "2026-09-15T02:30:00.000000Z")], batch=None, learned_at=clock.now())
    say(by["wms"], WMS_X, WMS_SHIPS_6)
    follow()
    assert since("shipped_differs") == datetime(2026, 9, 15, 2, 30, tzinfo=UTC)


def test_what_is_heard_while_a_source_is_followed_began_when_we_learned_it(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = company()
    say(by["oms"], OMS_X)
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-15")  # noon of the day after
    say(by["wms"], WMS_X, WMS_SHIPS_6)
    say(by["erp"], ERP_BILLS_10)
    follow()
    noon = datetime(2026, 9, 15, 4, tzinfo=UTC)
    assert (since("shipped_differs"), since("invoiced_over_shipped")) == (noon, noon)


def test_money_of_last_month_that_nobody_could_place_is_a_month_old(db: None) -> None:
    by = company()
    say(by["bank"], PaymentRecord("B9", "BANK-9", OMS_X.lines[0].qty, paid_at=date(2026, 8, 14), currency="CNY"))
    follow()
    daily()
    assert since("unmatched_payment") == datetime(2026, 8, 13, 16, tzinfo=UTC)


def test_no_finding_begins_after_now(db: None) -> None:
    by = company()
    mirror(by["oms"], [Said(OMS_X, "2099-01-01T00:00:00.000000Z")], batch=None, learned_at=clock.now())
    say(by["wms"], WMS_X, WMS_SHIPS_6)
    follow()
    assert since("shipped_differs") == clock.now()
