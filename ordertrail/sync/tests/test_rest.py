"""The REST connector against a real server: log-ins, pages, cursors, exact amounts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import OrderRecord, PaymentRecord, Problem, Record
from ordertrail.sync.connectors.base import Landing
from ordertrail.sync.connectors.rest import Connector
from ordertrail.sync.connectors.rest_http import BREAKERS
from ordertrail.sync.mapping import Stream, to_records
from ordertrail.sync.tests.rest_server import Answering, Asked, Reply, serving

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DECLARED: dict[str, Any] = {
    "kind": "order",
    "from": "/orders",
    "key": "id",
    "cursor": "updated_at",
    "lag_seconds": 600,
    "lines": {"path": "items", "key": "line"},
    "options": {"records": "data", "cursor": {"param": "since"}},
    "fields": {"number": "no", "customer_name": "buyer.name", "total": "total"},
    "line_fields": {"sku": "product.sku", "qty": "qty", "price": "price"},
}


@pytest.fixture(autouse=True)
def _no_breaker_from_before() -> Iterator[None]:
    BREAKERS.clear()
    yield
    BREAKERS.clear()


def order(number: int, **more: Any) -> dict[str, Any]:
    """An order as the source writes it."""
    return {
        "id": number,
        "no": f"WS-{number}",
        "updated_at": f"2026-11-01T08:{number // 60 % 60:02}:{number % 60:02}Z",
        "buyer": {"name": "远帆"},
        "total": 0.1,
        "items": [{"line": 1, "product": {"sku": "LAMP"}, "qty": 2, "price": 1234567.89}],
        **more,
    }


def source(url: str, secrets: dict[str, str] | None = None, **settings: Any) -> Connector:
    """A connector to a server of this machine, which waits for nothing."""
    connector = Connector({"url": url, "allow": ["127.0.0.1"], **settings}, secrets or {}, SHANGHAI)
    connector.now = lambda: NOON
    connector.http.sleep = lambda _seconds: None
    return connector


def stream(**options: Any) -> Stream:
    return Stream.from_json({**DECLARED, "options": {**DECLARED["options"], **options}})


def read(
    connector: Connector, declared: Stream, since: str | None = None
) -> tuple[list[Record | Problem], list[Landing]]:
    """All records that a fetch gives, and its landings."""
    landings = list(connector.fetch(declared, since))
    found = [one for each in landings for one in to_records(declared, connector.read(declared, each), SHANGHAI)]
    return found, landings


def orders_of(count: int) -> list[dict[str, Any]]:
    return [order(number) for number in range(1, count + 1)]


def test_documents_come_with_nested_lines_and_exact_amounts() -> None:
    with serving(lambda asked: Reply({"data": orders_of(2)})) as server:
        connector = source(server.url)
        (first, second), (landing,) = read(connector, stream())
    assert isinstance(first, OrderRecord)
    assert (first.ref, first.number, first.customer_name, first.total) == ("1", "WS-1", "远帆", Decimal("0.1"))
    assert [(line.ref, line.sku, line.qty, line.price) for line in first.lines] == [
        ("1", "LAMP", Decimal(2), Decimal("1234567.89"))
    ]
    assert second.ref == "2"
    assert (landing.cursor, landing.meta["page"]) == ("2026-11-01T08:00:02Z", "1")


def test_the_next_run_asks_for_what_changed_since_less_the_lag() -> None:
    with serving(lambda asked: Reply({"data": []})) as server:
        read(source(server.url), stream(), "2026-11-01T08:00:02Z")
    assert server.asked[0].query == {"since": "2026-11-01T07:50:02+00:00"}


@pytest.mark.parametrize(
    ("cursor", "since", "asked"),
    [
        ({"param": "from", "format": "epoch"}, "2026-11-01T00:10:00Z", {"from": "1793491200"}),
        ({"param": "from", "format": "epoch_ms"}, "2026-11-01T00:10:00Z", {"from": "1793491200000"}),
        ({"param": "from", "format": "%Y-%m-%d %H:%M:%S"}, "2026-11-01T00:10:00Z", {"from": "2026-11-01 08:00:00"}),
        ({"param": "after"}, "5000", {"after": "4400"}),
        ({"param": "after"}, "1793491800000", {"after": "1793491200000"}),
    ],
)
def test_a_cursor_is_written_as_the_source_wants_it(cursor: dict[str, str], since: str, asked: dict[str, str]) -> None:
    with serving(lambda asked: Reply({"data": []})) as server:
        read(source(server.url), stream(cursor=cursor), since)
    assert server.asked[0].query == asked


def test_a_long_time_is_asked_for_in_windows() -> None:
    with serving(lambda asked: Reply({"data": []})) as server:
        declared = stream(cursor={"param": "from", "until": "to", "format": "epoch"}, window_seconds=86_400)
        read(source(server.url), declared, "2026-11-18T04:10:00Z")
    spans = [(int(asked.query["from"]), int(asked.query["to"])) for asked in server.asked]
    assert [stop - begin for begin, stop in spans] == [86_400, 86_400]
    assert spans[0][1] == spans[1][0]
    assert spans[1][1] == int(NOON.timestamp())


def paged(style: str, count: int = 250, size: int = 100) -> Answering:
    """A list of documents in pages, as different sources count them."""
    everything = orders_of(count)

    def answer(asked: Asked) -> Reply:
        at = (
            int(asked.query.get("page", 1)) * size - size
            if style in ("page", "next", "link")
            else int(asked.query.get("at", 0))
        )
        data: dict[str, Any] = {"data": everything[at : at + size], "meta": {"total": count}}
        headers = {}
        if at + size < count:
            following = f"/orders?page={at // size + 2}"
            data["next"] = following if style == "next" else at + size
            headers = {"Link": f'<{following}>; rel="next", </orders?page=9>; rel="last"'}
        return Reply(data, headers=headers)

    return answer


@pytest.mark.parametrize(
    ("style", "paging"),
    [
        ("page", {"kind": "page", "total": "meta.total"}),
        ("offset", {"kind": "offset", "param": "at", "size_param": "limit", "size": 100}),
        ("cursor", {"kind": "cursor", "param": "at", "path": "next"}),
        ("next", {"kind": "next", "path": "next"}),
        ("link", {"kind": "link"}),
    ],
)
def test_every_way_of_paging_gives_every_document_once(style: str, paging: dict[str, Any]) -> None:
    with serving(paged(style)) as server:
        found, landings = read(source(server.url, paging=paging), stream())
        assert [record.ref for record in found] == [str(number) for number in range(1, 251)]
        assert [landing.cursor is None for landing in landings] == [True] * (len(landings) - 1) + [False]
        assert list(source(server.url, paging=paging).keys(stream()) or ())[:2] == ["1", "10"]


SECRETS = {"password": "geheim-1", "token": "geheim-2", "key": "geheim-3", "client_secret": "geheim-4"}


def guarded(asked: Asked) -> Reply:
    """Lets in who knows one of the secrets in one of the ways."""
    if asked.path == "/login":
        right = json.loads(asked.body) == {"user": "anna", "password": "geheim-1"}
        return Reply({"data": {"token": "token-7"}}) if right else Reply({}, 401)
    if asked.path == "/oauth/token":
        return Reply({"access_token": "token-7"}) if b"client_secret=geheim-4" in asked.body else Reply({}, 401)
    given = {asked.headers.get("authorization", ""), asked.headers.get("x-key", ""), asked.query.get("k", "")}
    right = {"Basic " + base64.b64encode(b"anna:geheim-1").decode(), "Bearer geheim-2", "geheim-3", "Bearer token-7"}
    return Reply({"data": orders_of(1)}) if given & right else Reply({"error": "no"}, 401)


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "basic", "user": "anna"},
        {"kind": "bearer"},
        {"kind": "header", "name": "X-Key"},
        {"kind": "query", "name": "k"},
        {"kind": "oauth2", "client_id": "ordertrail"},
        {"kind": "login", "path": "/login", "body": {"user": "anna", "password": "{password}"}, "token": "data.token"},
    ],
    ids=lambda auth: auth["kind"],
)
def test_every_way_of_logging_in_works_and_a_wrong_secret_is_refused_without_showing_it(auth: dict[str, str]) -> None:
    with serving(guarded) as server:
        found, (landing,) = read(source(server.url, SECRETS, auth=auth), stream())
        assert [record.ref for record in found] == ["1"]
        assert "geheim" not in repr(landing) + json.dumps(landing.meta)
        wrong = {name: "falsch" + secret for name, secret in SECRETS.items()}
        with pytest.raises(Refused) as refused:
            read(source(server.url, wrong, auth=auth), stream())
    assert refused.value.code == "login_refused"
    assert "falsch" not in refused.value.detail


def test_a_token_may_come_from_another_host_that_the_settings_name() -> None:
    with serving(guarded) as tokens, serving(guarded) as server:
        auth = {"kind": "oauth2", "client_id": "ordertrail", "token_url": f"{tokens.url}/oauth/token"}
        found, _landings = read(source(server.url, SECRETS, auth=auth), stream())
    assert [record.ref for record in found] == ["1"]
    assert [asked.path for asked in tokens.asked] == ["/oauth/token"]


def test_the_test_button_says_what_the_first_page_holds() -> None:
    with serving(paged("page")) as server:
        paging = {"kind": "page", "total": "meta.total"}
        assert source(server.url, paging=paging, streams=[DECLARED]).test().endswith("order: 100 of 250")


def test_a_payment_without_lines_is_its_own_single_line() -> None:
    declared = Stream.from_json(
        {
            "kind": "payment",
            "from": "/payments",
            "key": "id",
            "lines": {"path": "."},
            "fields": {"amount": "amount"},
            "line_fields": {"amount": "amount", "invoice": "invoice"},
        }
    )
    with serving(lambda asked: Reply([{"id": 7, "amount": "904.00", "invoice": "IN-1"}])) as server:
        ((payment,), _landings) = read(source(server.url), declared)
    assert isinstance(payment, PaymentRecord)
    assert [(one.invoice, one.amount) for one in payment.allocations] == [("IN-1", Decimal("904.00"))]
