"""Findings live through linking, parting, failing checks and sudden ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ordertrail.desk.link import link, unlink
from ordertrail.findings import follow as following
from ordertrail.findings.check import Candidate
from ordertrail.findings.checks import all_checks
from ordertrail.findings.follow import follow
from ordertrail.findings.models import CheckRun, Finding, FindingEvent
from ordertrail.findings.reconcile import Scope, reconcile
from ordertrail.findings.tests.company import OMS_X, WMS_SHIPS_4, WMS_SHIPS_6, WMS_X, D, company, e19, say
from ordertrail.findings.view import OrderView
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.records.models import Source, SourceDocument
from ordertrail.records.shapes import CustomerRecord, OrderLineRecord, OrderRecord, Same, ShipmentLineRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db: None) -> dict[str, Source]:
    """Scenario E19, followed."""
    by = e19()
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    follow()
    return by


def open_checks() -> list[str]:
    return list(Finding.objects.filter(status="open").order_by("check_name").values_list("check_name", flat=True))


def test_a_check_that_failed_closes_nothing_and_keeps_its_place(
    by: dict[str, Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = all_checks()["shipped_differs"]
    before = CheckRun.objects.get(check_name="shipped_differs").done_to

    def fall(order: OrderView) -> Iterable[Candidate]:
        raise ValueError("a bad day")

    monkeypatch.setattr(check, "per_order", fall, raising=False)
    say(by["wms"], WMS_SHIPS_4)
    follow()
    assert open_checks() == ["finished_below_ordered", "shipped_differs"]  # the other one has closed
    run = CheckRun.objects.get(check_name="shipped_differs")
    assert (run.done_to, run.error) == (before, "ValueError: a bad day")
    assert CheckRun.objects.get(check_name="invoiced_over_shipped").error == ""

    monkeypatch.undo()
    assert follow() == 0  # it is left alone for a minute
    monkeypatch.setattr(following, "RETRY", timedelta(seconds=-1))
    assert follow() > 0
    assert open_checks() == ["finished_below_ordered"]
    run.refresh_from_db()
    assert run.error == ""
    assert run.done_to > before


def test_killed_between_two_transactions_it_goes_on_and_doubles_nothing(
    by: dict[str, Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(by["wms"], WMS_SHIPS_4)
    for no in range(5):
        line = OrderLineRecord("1", "HL-BL24", D(10), price=D(120), tax_rate=D("0.13"))
        say(by["oms"], OrderRecord(f"n{no}", f"SO-N{no}", shipped="all", customer="c1", currency="CNY", lines=(line,)))
        sent = ShipmentLineRecord("1", "HL-BL24", D(3), f"SO-N{no}")
        say(by["wms"], replace(WMS_SHIPS_6, ref=f"N{no}", number=f"SH-N{no}", lines=(sent,)))
    monkeypatch.setattr(following, "CHUNK", 1)
    written: list[following._Look] = []
    write = following._Look.write

    def dies(look: following._Look) -> None:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(look)
        write(look)

    monkeypatch.setattr(following._Look, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        follow()
    monkeypatch.setattr(following._Look, "write", write)
    follow()
    assert Finding.objects.filter(check_name="shipped_differs", status="open").count() == 5
    assert Finding.objects.filter(check_name="shipped_differs", status="closed").count() == 1
    for row in Finding.objects.all():
        steps = list(row.history.order_by("pk").values_list("what", flat=True))
        assert steps in (["opened"], ["opened", "closed"])


def test_an_open_finding_moves_with_its_order_and_keeps_its_age(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    by = company()
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-10")
    # The warehouse knows the order under a number of its own: nothing says that it is the same one.
    alone = replace(WMS_X, number="ALLOC-77", same_as=(), lines=(OrderLineRecord("1", "hl-bl24", D(10), price=D(120)),))
    say(by["wms"], alone)
    say(by["wms"], replace(WMS_SHIPS_6, lines=(replace(WMS_SHIPS_6.lines[0], qty=D(4)),)))
    say(by["erp"], replace(ERP_ORDER, same_as=(Same("ALLOC-77", "wms"),)))
    follow()
    assert open_checks() == ["shipped_differs"]
    row = Finding.objects.get()
    before = row.since
    assert (row.facts["said"], row.facts["agreed"]) == ("10", "4")

    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-14")
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    say(by["oms"], replace(OMS_X, shipped=""))
    anna = Person.objects.create_person("anna", "", "sales")
    home = SourceDocument.objects.get(source=by["oms"], kind="order")
    made = link(anna, home.pk, row.object)
    assert SourceDocument.objects.get(pk=row.object).group == home.pk
    follow()
    row.refresh_from_db()
    assert (row.status, row.object, row.order, row.since) == ("open", home.pk, home.pk, before)
    assert [event.what for event in row.history.order_by("pk")][:2] == ["opened", "moved"]
    assert open_checks() == ["shipped_differs"]

    unlink(anna, made)
    follow()
    assert open_checks() == ["shipped_differs"]  # on the ERP's own order again
    assert Finding.objects.get(status="open").order != home.pk
    assert Finding.objects.get(status="closed").order == home.pk


ERP_ORDER = OrderRecord("E1", "E-1", lines=(OrderLineRecord("1", "HL-BL24", D(10), shipped_qty=D(10)),))


def test_the_hub_hands_candidates_of_its_own(db: None) -> None:
    check = all_checks()["late"]
    at = datetime(2026, 9, 16, 4, tzinfo=UTC)
    facts = dict(check.example)
    two = [Candidate("order", order, at, facts, order, money=D(order), currency="CNY") for order in (7, 8)]

    done = reconcile(check, two, Scope(everything=True), at)
    assert (done.opened, done.closed, done.kept, done.changed, done.reopened) == (2, 0, 0, 0, 0)
    done = reconcile(check, [two[0], replace(two[1], money=D(9))], Scope(everything=True), at)
    assert (done.opened, done.closed, done.kept, done.changed, done.reopened) == (0, 0, 1, 1, 0)
    done = reconcile(check, two[:1], Scope(orders=frozenset({7})), at)
    assert (done.closed, done.kept) == (0, 1)  # order 8 was not looked at
    done = reconcile(check, [], Scope(everything=True), at + timedelta(days=1))
    assert (done.closed, Finding.objects.filter(status="open").count()) == (2, 0)
    done = reconcile(check, two[:1], Scope(orders=frozenset({7})), at + timedelta(days=2))
    assert (done.reopened, done.opened) == (1, 0)
    steps = list(FindingEvent.objects.filter(finding__object=7).order_by("pk").values_list("what", flat=True))
    assert steps == ["opened", "closed", "reopened"]
    assert [row.money for row in Finding.objects.order_by("object")] == [Decimal(7), Decimal(9)]


def test_a_thousand_candidates_cost_as_many_queries_as_ten(db: None) -> None:
    check = all_checks()["late"]
    at = clock.now()
    counts = []
    for first, many in ((0, 10), (10_000, 1000)):
        seen = [Candidate("order", first + no, at, dict(check.example), first + no) for no in range(many)]
        with CaptureQueriesContext(connection) as queries:
            reconcile(check, seen, Scope(orders=frozenset(candidate.object for candidate in seen)), at)
        # Many rows go in by one statement a row (SQLite) or by one COPY (PostgreSQL): reads are what must not grow.
        counts.append(sum(query["sql"].lstrip().upper().startswith("SELECT") for query in queries))
    assert counts[0] == counts[1] <= 3
    assert Finding.objects.count() == 1010
