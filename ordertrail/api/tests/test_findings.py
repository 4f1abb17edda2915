"""Findings as programs see them, what they do about them, and that the same call twice has one effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ordertrail.api import once
from ordertrail.api.models import KeptAnswer
from ordertrail.api.tests.calling import Program, program
from ordertrail.desk.models import Act
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.findings.tests.company import WMS_SHIPS_4, e19, say
from ordertrail.records.models import Source
from ordertrail.records.shapes import CustomerRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db: None) -> dict[str, Source]:
    by = e19()
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    follow()
    return by


@pytest.fixture
def bo(by: dict[str, Source]) -> Program:
    return program("bo")


@pytest.fixture
def chen(by: dict[str, Source]) -> Program:
    return program("chen")


def finding(who: Program, check: str) -> dict[str, Any]:
    [found] = who.get("/findings", {"check": check}).body["items"]
    return dict(found)


def test_e19_what_is_wrong_with_its_money_and_what_to_do(bo: Program) -> None:
    found = finding(bo, "shipped_differs")
    assert (found["kind"], found["title"], found["object"]["kind"], found["object"]["number"]) == (
        "exception", "OMS shipped 10 ≠ WMS sent 6", "order", "SO-2609-0027",
    )  # fmt: skip
    assert (found["status"], found["owner"], found["role"], found["money"], found["currency"]) == (
        "open",
        None,
        "store",
        "542.40",
        "CNY",
    )
    assert found["remedies"] == ["take", "give", "drop", "ask_store"]
    checks = {one["check"] for one in bo.get("/findings", {"status": "open"}).body["items"]}
    assert checks == {"shipped_differs", "invoiced_over_shipped", "finished_below_ordered"}


def test_bo_takes_it_and_chen_is_told_whom_to_ask(bo: Program, chen: Program) -> None:
    pk = finding(bo, "shipped_differs")["id"]
    taken = bo.post(f"/findings/{pk}/take")
    assert (taken.status, taken.body["owner"]) == (200, "bo")
    refused = chen.post(f"/findings/{pk}/take")
    assert refused.problem() == (409, "finding_taken")
    assert refused.body["detail"] == "Bo has “OMS shipped 10 ≠ WMS sent 6” already; Bo can give it to you."
    assert finding(chen, "shipped_differs")["owner"] == "bo"
    assert [one["owner"] for one in bo.get("/findings", {"owner": "me"}).body["items"]] == ["bo"]
    assert len(bo.get("/findings", {"owner": "nobody"}).body["items"]) == 2
    assert bo.post(f"/findings/{pk}/drop").body["owner"] is None


def test_chen_asks_the_store_with_a_word(bo: Program, chen: Program) -> None:
    pk = finding(chen, "shipped_differs")["id"]
    given = chen.post(f"/findings/{pk}/ask_store", {"to": "bo", "text": "Still on shelf 12?"})
    assert (given.status, given.body["owner"]) == (200, "bo")
    event = FindingEvent.objects.get(what="given")
    assert (event.facts["remedy"], event.facts["text"]) == ("ask_store", "Still on shelf 12?")
    assert chen.post(f"/findings/{pk}/give", {"to": "chen"}).body["owner"] == "chen"


def test_what_is_wrong_is_told_in_the_language_that_is_asked_for_else_in_the_persons(by: dict[str, Source]) -> None:
    dana = program("dana", language="zh-hans")
    told = {}
    for asked in ("", "en", "zh-hant"):
        answer = dana.get("/findings", {"check": "shipped_differs"}, {"Accept-Language": asked})
        told[answer.headers["Content-Language"]] = answer.body["items"][0]["title"].split(" ≠ ")[0]
    assert told == {
        "zh-hans": "OMS 已发货 10", "en": "OMS shipped 10", "zh-hant": "OMS 已出貨 10",
    }  # fmt: skip


def test_when_the_store_sends_the_rest_it_is_closed_and_stays_in_the_history(
    by: dict[str, Source], bo: Program
) -> None:
    say(by["wms"], WMS_SHIPS_4)
    follow()
    found = finding(bo, "shipped_differs")
    assert (found["status"], found["remedies"]) == ("closed", [])
    assert bo.post(f"/findings/{found['id']}/take").problem() == (409, "finding_closed")
    assert [one["check"] for one in bo.get("/findings", {"status": "open"}).body["items"]] == ["finished_below_ordered"]


@pytest.mark.parametrize(
    ("remedy", "body", "answer"),
    [
        ("give", {}, (422, "missing_field")),
        ("give", {"to": "nobody"}, (422, "unknown_person")),
        ("give", {"to": 7}, (422, "wrong_value")),
        ("give", {"to": "gus"}, (409, "cannot_work")),
        ("take", {"to": "bo"}, (422, "unknown_field")),
        ("take", {"owner": "chen"}, (422, "unknown_field")),  # A11: what is counted or set by us cannot be sent
        ("take", {"status": "closed"}, (422, "unknown_field")),
        ("dance", {}, (404, "unknown_remedy")),
        ("see_work_order", {}, (404, "unknown_remedy")),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    bo: Program, chen: Program, remedy: str, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    program("gus")
    found = finding(bo, "shipped_differs")
    before = FindingEvent.objects.count(), Act.objects.exclude(verb="make_token").count()
    assert bo.post(f"/findings/{found['id']}/{remedy}", body).problem() == answer
    assert finding(bo, "shipped_differs") == found
    assert (FindingEvent.objects.count(), Act.objects.exclude(verb="make_token").count()) == before


def test_the_same_key_has_one_effect_and_one_answer(bo: Program, chen: Program) -> None:
    pk = finding(chen, "shipped_differs")["id"]
    key = {"Idempotency-Key": "7f3a"}
    first = chen.post(f"/findings/{pk}/give", {"to": "bo", "text": "please"}, key)
    bo.post(f"/findings/{pk}/drop")
    second = chen.post(f"/findings/{pk}/give", {"to": "bo", "text": "please"}, key)
    assert (second.status, second.raw, second.headers["ETag"]) == (200, first.raw, first.headers["ETag"])
    assert finding(bo, "shipped_differs")["owner"] is None
    assert FindingEvent.objects.filter(what="given").count() == 1
    other = chen.post(f"/findings/{pk}/give", {"to": "bo", "text": "now"}, key)
    assert other.problem() == (422, "key_reused")
    mine = bo.post(f"/findings/{pk}/give", {"to": "bo", "text": "please"}, key)  # a key belongs to its person
    assert mine.body["owner"] == "bo"


def test_a_refusal_is_not_kept_and_the_same_call_may_succeed_later(bo: Program, chen: Program) -> None:
    pk = finding(bo, "shipped_differs")["id"]
    bo.post(f"/findings/{pk}/take")
    key = {"Idempotency-Key": "k1"}
    assert chen.post(f"/findings/{pk}/take", None, key).problem() == (409, "finding_taken")
    assert KeptAnswer.objects.count() == 0
    bo.post(f"/findings/{pk}/drop")
    assert chen.post(f"/findings/{pk}/take", None, key).body["owner"] == "chen"


def test_an_answer_is_kept_for_a_day(bo: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = finding(bo, "shipped_differs")["id"]
    key = {"Idempotency-Key": "k1"}
    bo.post(f"/findings/{pk}/take", None, key)
    KeptAnswer.objects.update(at=KeptAnswer.objects.get().at - once.KEPT - timedelta(seconds=1))
    bo.post(f"/findings/{pk}/drop")
    assert bo.post(f"/findings/{pk}/take", None, key).body["owner"] == "bo"
    assert KeptAnswer.objects.count() == 1


def test_who_saw_another_version_is_refused_with_the_one_that_there_is(bo: Program, chen: Program) -> None:
    pk = finding(chen, "shipped_differs")["id"]
    seen = chen.get(f"/findings/{pk}").headers["ETag"]
    now = bo.post(f"/findings/{pk}/give", {"to": "chen"}, {"If-Match": seen}).body["version"]
    before = FindingEvent.objects.count(), Act.objects.count()
    for stale in (seen, f"W/{seen}", '"1", "2"', "yesterday"):
        refused = bo.post(f"/findings/{pk}/take", None, {"If-Match": stale})
        assert (*refused.problem(), refused.body["current"]) == (409, "stale", now)
        assert refused.body["detail"] == (
            f"Finding {pk} is at version {now} by now, not {stale}. Read it again, then decide."
        )
    key = {"If-Match": seen, "Idempotency-Key": "k1"}
    assert bo.post(f"/findings/{pk}/drop", None, key).problem() == (409, "stale")
    assert (FindingEvent.objects.count(), Act.objects.count()) == before
    assert finding(bo, "shipped_differs")["owner"] == "chen"
    assert bo.post(f"/findings/{pk}/drop", None, {"If-Match": f'"{now}"'}).body["owner"] is None
    assert chen.post(f"/findings/{pk}/take", None, {"If-Match": "*"}).body["owner"] == "chen"


def test_the_version_is_the_same_in_every_language_and_for_every_role(bo: Program) -> None:
    pk = finding(bo, "shipped_differs")["id"]
    versions = {bo.get(f"/findings/{pk}", None, {"Accept-Language": one}).headers["ETag"] for one in ("en", "zh-hans")}
    assert versions == {program("gus", role="manager").get(f"/findings/{pk}").headers["ETag"]}
    Finding.objects.filter(pk=pk).update(facts={**Finding.objects.get(pk=pk).facts, "said": "11"})
    assert bo.get(f"/findings/{pk}").headers["ETag"] not in versions


@pytest.mark.parametrize("key", ["k" * 256, "", "ключ", "a\x07b", "🔑"])
def test_a_key_that_is_none_is_not_readable(bo: Program, key: str) -> None:
    pk = finding(bo, "shipped_differs")["id"]
    raw = key.encode().decode("latin-1")  # as a server hands headers over
    assert bo.post(f"/findings/{pk}/take", None, {"Idempotency-Key": raw}).problem() == (400, "wrong_key")
    assert Finding.objects.get(pk=pk).owner is None


@pytest.mark.parametrize("given", [{"status": "zz"}, {"kind": "zz"}, {"check": "zz"}])
def test_a_filter_that_there_is_not_is_refused(bo: Program, given: dict[str, str]) -> None:
    assert bo.get("/findings", given).problem()[0] == 422
    assert bo.get("/findings", {"check": "shipped_differs"}).status == 200
