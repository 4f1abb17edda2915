"""Bad calls: A01 to A25 of the catalogue of bad input, as far as the calls that there are can meet them.

Not met by any call yet, because none takes what they are about: A03 and A08 (quantities and prices are read in no body; the
reader of all bodies refuses fractions already, see ``test_reading``), A09 (currencies), A10 with ``_extra`` and A11 for totals
(documents are made by no call; unknown and counted fields of the bodies there are, are refused in ``test_findings``), A15
(``If-Match``: no document is changed by a call), A21 for ids in a body.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection

from ordertrail.api import bucket, door, reading
from ordertrail.api.models import KeptAnswer
from ordertrail.api.problems import Problem
from ordertrail.api.tests.calling import Answer, Program, program
from ordertrail.api.tokens import make, revoke
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding, FindingEvent
from ordertrail.findings.tests.company import e19
from ordertrail.lib import clock

pytestmark = pytest.mark.django_db
DEEP = b'{"to": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"


@pytest.fixture
def chen(db: None) -> Program:
    e19()
    follow()
    return program("chen")


def take(who: Program, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Answer:
    pk = Finding.objects.order_by("pk").values_list("pk", flat=True)[0]
    return who.call("POST", f"/findings/{pk}/take", body, headers=headers)


@pytest.mark.parametrize(
    ("case", "body", "answer"),
    [
        ("A01", b"to=bo", (400, "not_readable")),
        ("A01", b'{"to": "bo"', (400, "not_readable")),
        ("A01", b'["bo"]', (400, "not_readable")),
        ("A01", b'"bo"', (400, "not_readable")),
        ("A01", "{“to”: “bo”}".encode("gb18030"), (400, "not_readable")),
        ("A02", b'{"to": 1e400}', (400, "number_with_fraction")),
        ("A02", b'{"to": NaN}', (400, "number_with_fraction")),
        ("A02", b'{"to": -Infinity}', (400, "number_with_fraction")),
        ("A02", b'{"to": ' + b"9" * 5000 + b"}", (400, "not_readable")),
        ("A03", b'{"to": 0.30000000000000004}', (400, "number_with_fraction")),
        ("A04", b'{"to": "bo", "to": "chen"}', (400, "given_twice")),
        ("A05", DEEP, (400, "not_readable")),
        ("A05", b"[" * 100_000, (400, "not_readable")),
        ("A10", b'{"owner_id": "1"}', (422, "unknown_field")),
        ("A11", b'{"status": "closed", "money": "0"}', (422, "unknown_field")),
        ("zero byte", b'{"to": "b\\u0000o"}', (400, "not_readable")),
        ("half a sign", b'{"to": "\\ud800"}', (400, "not_readable")),
        ("long text", json.dumps({"text": "x" * 5000}).encode(), (422, "wrong_value")),
    ],
)
def test_a_body_that_cannot_be_meant(chen: Program, case: str, body: bytes, answer: tuple[int, str]) -> None:
    assert take(chen, body).problem() == answer, case
    assert Finding.objects.exclude(owner=None).count() == 0


def test_a06_a_large_body_is_refused_before_it_is_read(chen: Program) -> None:
    answer = take(chen, b" " * (door.BODY_BYTES + 1))
    assert answer.problem() == (413, "too_large")
    assert answer.body["detail"] == "The body has 1000001 bytes; at most 1000000 are read. Send less in one call."


def test_a07_a_packed_body_is_not_unpacked(chen: Program) -> None:
    packed = gzip.compress(b" " * 10_000_000)
    assert take(chen, packed, {"Content-Encoding": "gzip"}).problem() == (413, "encoded_body")
    assert take(chen, b"{}", {"Transfer-Encoding": "chunked"}).problem() == (400, "no_length")


def test_a12_a13_keys(chen: Program) -> None:
    assert take(chen, headers={"Idempotency-Key": "k" * 300}).problem() == (400, "wrong_key")
    assert take(chen, headers={"Idempotency-Key": "k"}).status == 200
    assert take(chen, b'{"to": null}', {"Idempotency-Key": "k"}).problem() == (422, "key_reused")
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a14_fifty_at_once_with_one_key_have_one_effect() -> None:
    e19()
    follow()
    chen = program("chen")
    begin = threading.Barrier(10)
    answers: list[Answer] = []

    def five() -> None:
        begin.wait()
        answers.extend(take(chen, headers={"Idempotency-Key": "one"}) for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=five) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert {(one.status, one.raw) for one in answers} == {(200, answers[0].raw)}
    assert FindingEvent.objects.filter(what="taken").count() == 1


PATHS = [
    "/orders/..%2f..%2fetc%2fpasswd", "/orders/%2e%2e%2f", "/orders/%252e%252e%252f", "/orders/%00", "/orders/SO%002609",
    "/orders/%F0%9F%94%91", "/orders/" + "9" * 400, "/orders/~", "/orders/~~1", "/orders/-1", "/orders/%EF%BC%91",
    "/orders/' OR 1=1 --", "/orders/", "/orders/1/", "/findings/x/take", "/findings/99999999999999999999", "/jobs/%00",
    "/jobs/1.5", "/invoices/%25", "/nothing", "/", "/openapi.json/x", "/orders/1/sources/2",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a17_an_address_that_means_nothing(chen: Program, path: str) -> None:
    from django.test import Client

    response = Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {chen.token}"})
    assert response.status_code in (404, 405), path
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"limit": "-1"}, "limit"), ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"), ({"limit": "1000000"}, "limit"),
        ({"limit": "1e2"}, "limit"), ({"limit": "٥"}, "limit"), ({"limit": ""}, "limit"), ({"limit": "9" * 5000}, "limit"),
        ({"cursor": "made-up"}, "cursor"), ({"cursor": "eyJ9:abc:def"}, "cursor"), ({"sort": "margn"}, "sort"),
        ({"sort": "--number"}, "sort"), ({"sort": "order__home__secrets"}, "sort"), ({"state": "lost"}, "state"),
        ({"from": "31/02/2026"}, "from"), ({"from": "2026-02-31"}, "from"), ({"from": "2026-09-02", "to": "2026-09-01"}, "from"),
        ({"amount_min": "1e9"}, "amount_min"), ({"late": "yes"}, "late"), ({"customer": ["a", "b"]}, "customer"),
        ({"state": ["done"] * 101}, "state"), ({"q": "a\x00b"}, "q"), ({"page": "2"}, "page"), ({"order_by": "id"}, "order_by"),
        ({"customer__name": "x"}, "customer__name"),
    ],
)  # fmt: skip
def test_a18_a_query_string_that_cannot_be_meant(chen: Program, query: dict[str, Any], path: str) -> None:
    answer = chen.get("/orders", query)
    assert answer.status == 422, query
    assert [error["path"] for error in answer.body["errors"]] == [path]


def test_a18_a_cursor_is_one_of_its_own_order(chen: Program) -> None:
    e19_order = chen.get("/orders", {"limit": "1"})
    assert e19_order.body["next"] is None
    program("dana")
    first = chen.get("/findings", {"limit": "1"}).body["next"]
    assert chen.get("/findings", {"limit": "1", "cursor": first}).status == 200
    assert chen.get("/findings", {"limit": "1", "cursor": first, "sort": "money"}).problem() == (422, "wrong_cursor")
    assert chen.get("/findings", {"limit": "1", "cursor": first[:-1] + "x"}).problem() == (422, "wrong_cursor")


def test_a20_a_pattern_is_plain_text(chen: Program) -> None:
    begun = time.perf_counter()
    for name in ("q", "customer", "sku"):
        answer = chen.get("/orders", {name: "(a+)+$" + "a" * 2000 + "%_*?"})
        assert (answer.status, answer.body["items"]) == (200, [])
    assert time.perf_counter() - begun < 1


def test_a21_thousands_of_values_in_one_call(chen: Program) -> None:
    assert chen.get("/orders", {"state": ["done"] * 5000}).status == 422


def expired() -> str:
    token = make(program("dana").person_or_fail(), timedelta(days=1))
    token.token.expires_at = clock.now()
    token.token.save()
    return token.text


def revoked() -> str:
    token = make(program("dana").person_or_fail())
    revoke(token.token.pk)
    return token.text


@pytest.mark.parametrize(
    "token",
    [
        expired, revoked, lambda: "", lambda: "ot_" + "x" * 43, lambda: "x" * 5000, lambda: "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        lambda: program("dana").token[:-1], lambda: program("dana").token + " ot_2", lambda: "\xff\xfe",
    ],
)  # fmt: skip
def test_a22_a_token_that_is_none(db: None, token: Callable[[], str]) -> None:
    answer = Program("").get("/orders", headers={"Authorization": f"Bearer {token()}"})
    assert answer.problem() == (401, "no_valid_token")


@pytest.mark.parametrize("how", ["{}", "Basic {}", "Token {}", "bearer"])
def test_a22_a_token_that_is_not_borne(db: None, how: str) -> None:
    text = program("dana").token
    assert Program("").get("/orders", headers={"Authorization": how.format(text)}).status == 401
    assert Program("").get("/orders", headers={"Authorization": f"BEARER {text}"}).status == 200


def test_a23_a_header_does_not_change_the_verb(chen: Program) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert chen.get("/orders", headers={name: "DELETE"}).status == 200
    for verb in ("DELETE", "PUT", "PATCH", "POST"):
        answer = chen.call(verb, "/orders/SO-2609-0027")
        assert (answer.problem(), answer.headers["Allow"]) == ((405, "no_such_verb"), "GET")


def test_a24_a_body_that_drips_is_cut_and_its_thread_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    begun = time.monotonic()
    with ours, theirs, reading.deadline(ours, 0.2):
        theirs.send(b'{"to": ')
        while ours.recv(1000):
            pass
    assert 0.15 < time.monotonic() - begun < 5
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with reading.deadline(ours, 0.05):
            pass
        time.sleep(0.1)
        theirs.send(b"x")
        assert ours.recv(1) == b"x"  # in time: the connection lives on


def test_a24_half_a_body_is_not_read_as_a_whole_one() -> None:
    half = WSGIRequest({"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "100", "wsgi.input": BytesIO(b'{"to": "bo"}')})
    with pytest.raises(Problem) as refused:
        reading.arrive(half)
    assert (refused.value.status, refused.value.code) == (400, "not_readable")


def test_a25_too_many_calls_with_one_token(chen: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(door, "BUCKETS", bucket.Buckets(burst=20, clock=lambda: now[0]))
    answers = [chen.get("/jobs/0") for _ in range(22)]
    assert [one.status for one in answers] == [404] * 20 + [429] * 2
    assert (answers[-1].problem(), answers[-1].headers["Retry-After"]) == ((429, "too_many_calls"), "1")
    assert program("dana").get("/jobs/0").status == 404  # another token goes on
    now[0] += 1
    assert chen.get("/jobs/0").status == 404


def test_a25_of_a_thousand_calls_in_a_second_at_most_450_are_taken() -> None:
    now = [0.0]
    buckets = bucket.Buckets(clock=lambda: now[0])
    taken = 0
    for _ in range(1000):
        now[0] += 0.001
        taken += buckets.take(1) == 0
    assert taken in (449, 450)


def test_a25_a_hundred_calls_a_second_are_always_taken() -> None:
    now = [0.0]
    buckets = bucket.Buckets(clock=lambda: now[0])
    for _ in range(60 * 100):
        now[0] += 0.01
        assert buckets.take(1) == 0


def test_a_fault_of_ours_is_a_problem_too_and_tells_nothing(chen: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("ordertrail.api.calls.jobs.not_found", broken)
    from django.test import Client

    response = Client(raise_request_exception=False).get(
        "/api/v1/jobs/0", headers={"Authorization": f"Bearer {chen.token}"}
    )
    assert (response.status_code, response.json()["code"]) == (500, "fault")
    assert b"secret" not in response.content
