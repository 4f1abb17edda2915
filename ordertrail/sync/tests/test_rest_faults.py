"""Sources Y01 to Y22 of reliability.md §8 that a REST API can be, each a real server that misbehaves."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import Problem
from ordertrail.sync.connectors.rest import Connector
from ordertrail.sync.connectors.rest_http import BREAKERS, REST_SECONDS
from ordertrail.sync.tests.rest_server import Answering, Asked, Reply, certificate, serving
from ordertrail.sync.tests.test_rest import SECRETS, order, orders_of, read, source, stream

pytestmark = [pytest.mark.slow, pytest.mark.store]


@pytest.fixture(autouse=True)
def _no_breaker_from_before() -> Iterator[None]:
    BREAKERS.clear()
    yield
    BREAKERS.clear()


REFUSED: list[tuple[str, Reply, str, str]] = [
    (
        "Y01 web page with 200",
        Reply(b"<html>log in", headers={"Content-Type": "text/html"}),
        "answer_not_json",
        "log-in page",
    ),
    ("Y01 web page called JSON", Reply(b"\n<!doctype html>"), "answer_not_json", "log-in page"),
    ("Y02 error with 200", Reply({"error": {"message": "session expired"}}), "source_refused", "session expired"),
    ("Y02 error beside an empty list", Reply({"data": [], "error": "no rights"}), "source_refused", "no rights"),
    (
        "Y02 errcode",
        Reply({"errcode": 40001, "errmsg": "invalid credential"}),
        "source_refused",
        "40001 invalid credential",
    ),
    ("Y02 code and msg", Reply({"code": 500, "msg": "系统繁忙", "data": None}), "source_refused", "500 系统繁忙"),
    ("Y02 no success", Reply({"success": False, "message": "wrong sign"}), "source_refused", "wrong sign"),
    ("no list where it is said to be", Reply({"items": []}), "records_missing", "“data”; it holds: items"),
    ("Y03 half a body", Reply(b'{"data": [{"id": 1'), "answer_broken", "no whole JSON"),
    ("Y03 fewer bytes than announced", Reply({"data": []}, cut=3), "answer_cut", "ends before it is whole"),
    (
        "Y17 sent on to the metadata service",
        Reply(b"", 302, {"Location": "http://169.254.169.254/latest"}),
        "redirect_refused",
        "169.254.169.254",
    ),
    (
        "Y17 sent on to another port",
        Reply(b"", 307, {"Location": "http://127.0.0.1:1/"}),
        "redirect_refused",
        "127.0.0.1:1",
    ),
    ("sent in circles", Reply(b"", 302, {"Location": "/orders"}), "redirect_refused", "in circles"),
    ("more than 50 MB", Reply(b" " * (51 << 20)), "answer_too_large", "larger than 50 MB"),
    ("down", Reply({}, 503), "source_failing", "status 503"),
    ("not there", Reply({}, 404), "source_refused", "status 404"),
    ("too slow", Reply({"data": []}, wait=3), "source_slow", "does not answer in time"),
]


@pytest.mark.parametrize(("reply", "code", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_no_answer_is_refused_and_moves_no_cursor(reply: Reply, code: str, words: str) -> None:
    with serving(lambda asked: reply) as server, pytest.raises(Refused) as refused:
        read(source(server.url, read_seconds=0.2), stream())
    assert refused.value.code == code
    assert words in refused.value.detail


@dataclass
class Script:
    """Answers in their order; the last one again and again."""

    replies: list[Reply]
    waits: list[float] = field(default_factory=list)
    count: int = 0

    def __call__(self, asked: Asked) -> Reply:
        self.count += 1
        return self.replies[min(self.count, len(self.replies)) - 1]


GOOD = Reply({"data": orders_of(1)})


def played(*replies: Reply, **settings: Any) -> tuple[list[Any], list[float], Connector]:
    """What a fetch gives while the server plays its answers, and how long the connector waited between them."""
    waits: list[float] = []
    with serving(Script(list(replies))) as server:
        connector = source(server.url, **settings)
        connector.http.sleep = waits.append
        found, _landings = read(connector, stream())
    return found, waits, connector


@pytest.mark.parametrize(
    "fault",
    [
        Reply({}, 500),
        Reply({}, 503),
        Reply({}, 429),
        Reply({"data": []}, cut=3),
        Reply({"data": []}, wait=0.5),
        Reply(b'{"da'),
    ],
    ids=["500", "503", "429", "cut", "slow", "half"],
)
def test_a_fault_that_passes_costs_a_wait_and_nothing_else(fault: Reply) -> None:
    found, waits, _connector = played(fault, fault, GOOD, read_seconds=0.2)
    assert [record.ref for record in found] == ["1"]
    assert all(0 <= wait <= 30 for wait in waits)


def test_y15_retry_after_is_kept_to_the_second_and_as_a_date() -> None:
    _found, waits, _connector = played(Reply({}, 429, {"Retry-After": "7"}), GOOD)
    assert waits == [7]
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    _found, (wait,), _connector = played(Reply({}, 503, {"Retry-After": soon}), GOOD)
    assert 55 <= wait <= 60


def test_y15_who_asks_for_an_hour_gets_the_next_run() -> None:
    with pytest.raises(Refused, match="left alone for 3,600 seconds") as refused:
        played(Reply({}, 429, {"Retry-After": "3600"}), GOOD)
    assert refused.value.code == "source_busy"


def test_a_source_that_failed_five_times_is_left_alone_and_then_tried_once() -> None:
    with serving(lambda asked: Reply({}, 500)) as server:
        connector, now = source(server.url), [1_000.0]
        connector.http.clock = lambda: now[0]
        for code in ("source_failing", "source_resting", "source_resting"):
            with pytest.raises(Refused) as refused:
                read(connector, stream())
            assert refused.value.code == code
        assert len(server.asked) == 5
        now[0] += REST_SECONDS
        with pytest.raises(Refused):
            read(connector, stream())
        assert len(server.asked) == 6


def test_y04_pages_without_end_stop_at_the_third_repeat() -> None:
    endless = Reply({"data": orders_of(2), "next": "/orders?page=2"})
    with serving(lambda asked: endless) as server, pytest.raises(Refused) as refused:
        read(source(server.url, paging={"kind": "next"}), stream())
    assert (refused.value.code, len(server.asked)) == ("pages_endless", 3)


def test_y17_a_next_page_on_another_host_is_not_asked_for() -> None:
    leaving = Reply({"data": orders_of(1), "next": "http://169.254.169.254/orders?page=2"})
    with serving(lambda asked: leaving) as server, pytest.raises(Refused) as refused:
        read(source(server.url, paging={"kind": "next"}), stream())
    assert (refused.value.code, len(server.asked)) == ("redirect_refused", 1)


def test_a_field_that_was_renamed_in_all_documents_waits_with_a_suggestion() -> None:
    renamed = [{**order(number), "order_no": f"WS-{number}"} for number in (1, 2)]
    for one in renamed:
        del one["no"]
    with serving(lambda asked: Reply({"data": renamed})) as server, pytest.raises(Refused) as refused:
        read(source(server.url), stream())
    assert refused.value.code == "column_missing"
    assert "“no” is missing; it may now be called “order_no”" in refused.value.detail


def shifting(count: int, size: int, at_page: int) -> Answering:
    """Pages of a list from whose front one document is taken away before page ``at_page`` is asked for the first time."""
    everything = orders_of(count)
    taken: list[int] = []

    def answer(asked: Asked) -> Reply:
        page = int(asked.query["page"])
        if page == at_page and not taken:
            taken.append(everything.pop(0)["id"])
        return Reply({"data": everything[(page - 1) * size : page * size], "total": len(everything)})

    return answer


def test_y05_a_list_that_shifts_while_it_is_read_is_read_again() -> None:
    with serving(shifting(30, 10, 2)) as server:
        connector = source(server.url, paging={"kind": "page", "total": "total"})
        found, _landings = read(connector, stream())
    assert {record.ref for record in found} >= {str(number) for number in range(2, 31)}
    assert sum(asked.query["page"] == "1" for asked in server.asked) in (1, 2)


def test_y05_a_list_that_never_gives_what_it_counts_is_refused() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply({"data": orders_of(5) if asked.query["page"] == "1" else [], "total": 8})

    with serving(answer) as server, pytest.raises(Refused, match="counts 8 documents, but its pages gave 5") as refused:
        read(source(server.url, paging={"kind": "page", "total": "total"}), stream())
    assert refused.value.code == "count_differs"


def test_y06_the_same_time_on_ten_thousand_documents_loses_none_at_a_page_edge() -> None:
    everything = [order(number, updated_at="2026-11-01T08:00:00Z") for number in range(1, 10_001)]

    def answer(asked: Asked) -> Reply:
        at = int(asked.query["offset"])
        return Reply({"data": everything[at : at + 1_000]})

    with serving(answer) as server:
        found, landings = read(source(server.url, paging={"kind": "offset"}), stream())
    assert len({record.ref for record in found}) == 10_000
    assert landings[-1].cursor == "2026-11-01T08:00:00Z"


def test_y07_a_clock_that_goes_back_does_not_take_the_cursor_with_it() -> None:
    with serving(lambda asked: Reply({"data": [order(1, updated_at="2026-10-31T08:00:00Z")]})) as server:
        _found, (landing,) = read(source(server.url), stream(), "2026-11-01T08:00:00Z")
    assert landing.cursor == "2026-11-01T08:00:00Z"


def test_y08_a_change_in_2099_does_not_hide_todays() -> None:
    with serving(lambda asked: Reply({"data": [order(1, updated_at="2099-01-01T00:00:00Z")]})) as server:
        connector = source(server.url)
        _found, (landing,) = read(connector, stream())
    assert landing.cursor == "2026-11-20T04:00:00+00:00"
    assert [note.code for note in connector.notes if note.code == "cursor_in_future"] == ["cursor_in_future"]


def test_y10_a_key_is_text_whatever_type_it_has_today() -> None:
    with serving(lambda asked: Reply({"data": [order(12), order(1, id="12"), order(2, id="012")]})) as server:
        found, _landings = read(source(server.url), stream())
    assert [record.ref for record in found] == ["12", "12", "012"]


@pytest.mark.parametrize(
    "body",
    [
        rb'{"data": [{"id": 1, "no": "A\u0000B", "items": []}, {"id": 2, "no": "OK", "items": []}]}',
        rb'{"data": [{"id": 1, "no": "A\ud83d", "items": []}, {"id": 2, "no": "OK", "items": []}]}',
        b'{"data": [{"id": 1, "no": "A\xff\xfe", "items": []}, {"id": 2, "no": "OK", "items": []}]}',
    ],
    ids=["NUL", "half a character", "not UTF-8"],
)
def test_y14_text_that_cannot_be_kept_rejects_its_document_alone(body: bytes) -> None:
    with serving(lambda asked: Reply(body)) as server:
        (bad, good), _landings = read(source(server.url), stream())
    assert isinstance(bad, Problem)
    assert (bad.ref, bad.place, bad.column, bad.code) == ("1", "page 1, item 1", "no", "bad_character")
    assert good.ref == "2"


def test_numbers_that_are_none_reject_their_document_alone() -> None:
    body = b'{"data": [{"id": 1, "no": "A", "total": NaN}, {"id": 2, "no": "B", "total": 1e400}, {"id": 3, "no": "C"}]}'
    with serving(lambda asked: Reply(body)) as server:
        found, _landings = read(source(server.url), stream())
    assert [(one.ref, getattr(one, "code", "")) for one in found] == [
        ("1", "not_a_number"),
        ("2", "number_too_large"),
        ("3", ""),
    ]


@pytest.mark.parametrize(
    ("host", "days", "words"),
    [("127.0.0.1", -1, "expired"), ("elsewhere.example", 30, "127.0.0.1")],
    ids=["Y16 expired", "Y16 wrong host"],
)
def test_y16_a_certificate_that_is_not_right_is_refused(tmp_path: Path, host: str, days: int, words: str) -> None:
    made = certificate(tmp_path / "key.pem", host, days)
    with serving(lambda asked: GOOD, made) as server, pytest.raises(Refused) as refused:
        read(source(server.url, ca=str(made)), stream())
    assert refused.value.code == "certificate_refused"
    assert words in refused.value.detail
    assert server.asked == []


def test_a_certificate_of_the_house_is_taken_where_it_is_set(tmp_path: Path) -> None:
    made = certificate(tmp_path / "key.pem")
    with serving(lambda asked: GOOD, made) as server:
        found, _landings = read(source(server.url, ca=str(made)), stream())
        assert [record.ref for record in found] == ["1"]
        with pytest.raises(Refused, match="not to be trusted"):
            read(source(server.url), stream())


PRIVATE = [
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "10.0.0.1",
    "192.168.1.1",
]
PRIVATE += [
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "[2002:7f00:1::]",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_in_any_writing_is_refused_unless_it_is_listed(host: str) -> None:
    connector = Connector({"url": f"http://{host}:9"}, {}, source("http://127.0.0.1").zone)
    with pytest.raises(Refused) as refused:
        list(connector.fetch(stream(), None))
    assert refused.value.code == "host_refused"


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "http://a@b.example", "file:///etc/passwd", "http://", "gopher://x", "http:\\\\a"]
)
def test_an_address_that_is_not_plain_http_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Connector({"url": url}, {}, source("http://127.0.0.1").zone)
    assert refused.value.code == "address_invalid"


def test_y18_a_name_that_turns_to_this_machine_after_the_check_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    answers = iter(["192.0.2.1", "127.0.0.1", "127.0.0.1"])

    def rebinding(host: str, *words: Any, **more: Any) -> Any:
        return real(next(answers) if host == "rebind.example" else host, *words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr("ordertrail.sync.connectors.rest_guard.is_public", lambda address: str(address) == "192.0.2.1")
    with serving(lambda asked: GOOD) as server:
        port = server.url.rsplit(":", 1)[1]
        connector = source(f"http://rebind.example:{port}", allow=[], connect_seconds=0.1)
        with pytest.raises(Refused) as refused:
            read(connector, stream())
    assert refused.value.code in ("host_refused", "source_unreachable", "source_slow")
    assert server.asked == []


def test_y19_a_token_that_ends_between_pages_is_renewed_once_and_reading_goes_on() -> None:
    given: list[str] = []

    def answer(asked: Asked) -> Reply:
        if asked.path == "/login":
            given.append(f"token-{len(given) + 1}")
            return Reply({"access_token": given[-1]})
        page = int(asked.query["page"])
        if asked.headers["authorization"] != f"Bearer {given[-1]}" or (page == 2 and len(given) == 1):
            return Reply({"error": "token expired"}, 401)
        return Reply({"data": orders_of(30)[page * 10 - 10 : page * 10]})

    auth = {"kind": "login", "path": "/login", "body": {"password": "{password}"}}
    with serving(answer) as server:
        found, _landings = read(source(server.url, SECRETS, auth=auth, paging={"kind": "page"}), stream())
    assert [record.ref for record in found] == [str(number) for number in range(1, 31)]
    assert given == ["token-1", "token-2"]


def test_y20_more_than_was_asked_for_is_taken() -> None:
    with serving(lambda asked: Reply({"data": [order(1, updated_at="2026-10-01T00:00:00Z"), order(2)]})) as server:
        found, _landings = read(source(server.url), stream(), "2026-11-01T08:00:00Z")
    assert [record.ref for record in found] == ["1", "2"]


def test_y22_a_word_never_seen_rejects_its_document_alone() -> None:
    declared = stream().to_json()
    declared["fields"] = {**declared["fields"], "state": {"column": "st", "map": {"paid": "confirmed"}}}
    with serving(lambda asked: Reply({"data": [order(1, st="paid"), order(2, st="frozen")]})) as server:
        (good, bad), _landings = read(source(server.url), type(stream()).from_json(declared))
    assert good.ref == "1"
    assert isinstance(bad, Problem)
    assert (bad.column, bad.code) == ("st", "unknown_value")


def test_a_clock_that_is_minutes_away_is_said() -> None:
    late = format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True)
    with serving(lambda asked: Reply({"data": orders_of(1)}, headers={"Date": late})) as server:
        connector = source(server.url)
        read(connector, stream())
    assert [note.detail[:46] for note in connector.notes] == ["The clock of the source differs from ours by -"]


def test_a_secret_that_the_source_sends_back_is_not_shown() -> None:
    with serving(lambda asked: Reply({"error": "bad key geheim-3"})) as server, pytest.raises(Refused) as refused:
        read(source(server.url, SECRETS, auth={"kind": "query", "name": "k"}), stream())
    assert refused.value.detail == "The source answers: bad key •••"
