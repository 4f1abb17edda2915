"""What the running Tryton cannot be made to do: broken answers, lost sessions, clocks that are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import RawDocument
from ordertrail.sync.connectors.rest_http import BREAKERS, LONGEST_WAIT
from ordertrail.sync.connectors.tryton import Connector
from ordertrail.sync.connectors.tryton_rpc import SESSIONS
from ordertrail.sync.mapping import Stream, streams
from ordertrail.sync.sources import with_streams
from ordertrail.sync.tests.rest_server import Asked, Reply, Server, serving

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)

# What a Tryton 8.2.1 answered, byte for byte.
NOT_LOGGED_IN = Reply(
    b"", 401, {"Content-Type": "text/plain; charset=utf-8", "WWW-Authenticate": 'Basic realm="Tryton"'}
)
WRONG_PASSWORD = Reply(
    b"<!doctype html>\n<html lang=en>\n<title>401 Unauthorized</title>", 401, {"Content-Type": "text/html"}
)
MORE_ASKED = Reply(b'{"id":1,"error":["LoginException",["password","Password for reader","password"]]}')
NO_DATABASE = Reply(
    b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>", 404, {"Content-Type": "text/html"}
)
NO_MODEL = Reply(b"""{"id":1,"error":["'nonsense'",""]}""")
NO_ACCESS = Reply(
    b'{"id":1,"error":["UserError",["You are not allowed to access \\"Account Statement Line\\".",'
    b'"Within groups: Party Administration, Sales",null]]}'
)
FORBIDDEN = Reply(b"<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>", 403, {"Content-Type": "text/html"})


def built_in(name: str, **settings: Any) -> Stream:
    return next(stream for stream in streams(with_streams("tryton", settings)) if stream.name == name)


@pytest.fixture(autouse=True)
def _nothing_from_before() -> Iterator[None]:
    for memory in (BREAKERS, SESSIONS):
        memory.clear()
    yield
    for memory in (BREAKERS, SESSIONS):
        memory.clear()


class Twin:
    """A server that says what Tryton would say. ``answers`` come before anything else; ``records`` by model."""

    def __init__(self) -> None:
        self.answers: list[Reply] = []
        self.records: dict[str, list[dict[str, Any]]] = {}
        self.session = "first"
        self.log_ins = 0
        self.calls: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        told = json.loads(asked.body)
        method, params = told["method"], told["params"]
        self.calls.append(method)
        if method == "common.db.login":
            self.log_ins += 1
            return (
                Reply({"id": 1, "result": [5, self.session, None]})
                if params[1]["password"] == "right"
                else WRONG_PASSWORD
            )
        if method != "common.server.version" and not asked.headers.get("authorization", "").startswith("Session "):
            return NOT_LOGGED_IN
        if self.answers:
            return self.answers.pop(0)
        return Reply({"id": 1, "result": self.result(method, params)})

    def result(self, method: str, params: list[Any]) -> Any:
        if method == "common.server.version":
            return "8.0"
        kind, _, rest = method.partition(".")
        model, _, verb = rest.rpartition(".")
        assert kind == "model"
        if model == "ir.model":
            return [{"id": 1, "name": name} for name in self.records]
        rows = self.records.get(model, [])
        if verb == "search_count":
            return len(rows)
        if verb == "fields_get":
            return {}
        last = next((part[2] for part in params[0] if part[:2] == ["id", ">"]), 0)
        return [row for row in rows if row["id"] > last]


@pytest.fixture
def twin() -> Twin:
    return Twin()


@pytest.fixture
def server(twin: Twin) -> Iterator[Server]:
    with serving(twin) as running:
        yield running


@pytest.fixture
def open_(server: Server) -> Callable[..., Connector]:
    def opened(password: str = "right", **more: Any) -> Connector:
        where = {"address": server.url, "database": "harbour", "user": "reader", "allow": ["127.0.0.1"], **more}
        found = Connector(where, {"password": password}, UTC_ZONE)
        found.now = lambda: NOW
        found.rpc.http.sleep = lambda seconds: None
        found.rpc.http.skew = 0.0  # the server's clock is ours
        return found

    return opened


def moment(at: datetime) -> dict[str, Any]:
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(at, part) for part in parts}}


def money(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}


def sale(id_: int, at: datetime = NOW - timedelta(hours=1), **more: Any) -> dict[str, Any]:
    row = {
        "id": id_,
        "number": f"SO-{id_}",
        "party": 7,
        "party.": {"id": 7, "rec_name": "Dune Stores"},
        "state": "confirmed",
    }
    return {**row, "currency.": {"id": 1, "code": "CNY"}, "create_date": moment(at), "write_date": None, **more}


# --- log-in --------------------------------------------------------------------------------------------------------------


def test_a_session_that_ran_out_is_opened_again_and_the_reading_goes_on(
    twin: Twin, open_: Callable[..., Connector]
) -> None:
    twin.records = {"sale.sale": [sale(1)], "sale.line": []}
    connector, orders = open_(), built_in("orders")
    assert [one.ref for one in read(connector, orders)] == ["sale.sale,1"]
    twin.session, twin.answers = "second", [NOT_LOGGED_IN]
    assert [one.ref for one in read(connector, orders)] == ["sale.sale,1"]
    assert twin.log_ins == 2


def test_a_session_is_used_by_all_connectors_of_its_user(twin: Twin, open_: Callable[..., Connector]) -> None:
    twin.records = {"sale.sale": [sale(1)], "sale.line": []}
    for _time in range(3):
        read(open_(), built_in("orders"))
    assert twin.log_ins == 1
    with pytest.raises(Refused, match="refuses the log-in of “reader”"):
        read(open_("wrong"), built_in("orders"))
    assert twin.log_ins == 2


def test_a_session_that_is_never_taken_is_no_endless_log_in(twin: Twin, open_: Callable[..., Connector]) -> None:
    twin.answers = [NOT_LOGGED_IN] * 9
    with pytest.raises(Refused) as refused:
        read(open_(), built_in("orders"))
    assert refused.value.code == "login_refused"
    assert twin.log_ins == 2


def test_a_password_that_is_missing_is_said_before_anybody_is_asked(
    twin: Twin, open_: Callable[..., Connector]
) -> None:
    with pytest.raises(Refused, match="The secret “password” of this source is not set") as refused:
        read(open_(""), built_in("orders"))
    assert refused.value.code == "secret_missing"
    assert twin.calls == []


def test_a_tryton_that_asks_for_more_than_a_password_is_refused(open_: Callable[..., Connector], twin: Twin) -> None:
    with serving(lambda asked: MORE_ASKED) as server:
        connector = open_(address=server.url)
        with pytest.raises(Refused, match="Password for reader"):
            read(connector, built_in("orders"))


# --- answers that are none -----------------------------------------------------------------------------------------------

HTML = Reply(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
HALF = Reply(b'{"id": 1, "result": [{"id": 1')

REFUSED: list[tuple[str, Reply, str, str]] = [
    ("a web page", HTML, "answer_not_json", "web page"),
    ("half an answer", HALF, "answer_broken", "no whole JSON"),
    ("no result", Reply({"id": 1}), "answer_broken", "no result"),
    ("a day that is none", Reply({"id": 1, "result": [{"__class__": "date", "year": 2026, "month": 13, "day": 1}]}),
     "answer_broken", "value that is none"),
    ("a decimal that is none", Reply({"id": 1, "result": [money("twelve")]}), "answer_broken", "value that is none"),
    ("no such model", NO_MODEL, "source_refused", "'nonsense'. Is the module that has it installed there?"),
    ("no access", NO_ACCESS, "source_refused", 'You are not allowed to access "Account Statement Line".'),
    ("forbidden", FORBIDDEN, "source_refused", "does not let “reader” read this"),
    ("no such database", NO_DATABASE, "database_unknown", "There is no Tryton database “harbour” at http://127.0.0.1"),
    ("always busy", Reply(b"", 503), "source_failing", "status 503"),
    ("busy for long", Reply(b"", 429, {"Retry-After": str(int(LONGEST_WAIT) + 1)}), "source_busy", "121 seconds"),
    ("another host", Reply(b"", 302, {"Location": "http://169.254.169.254/latest"}), "redirect_refused", "169.254.169.254"),
    ("cut off", Reply({"id": 1, "result": []}, cut=3), "answer_cut", "ends before it is whole"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "code", "sentence"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_an_answer_that_is_none_is_refused_with_a_sentence(
    twin: Twin, open_: Callable[..., Connector], reply: Reply, code: str, sentence: str
) -> None:
    twin.answers = [reply] * 9
    with pytest.raises(Refused) as refused:
        read(open_(), built_in("orders"))
    assert (refused.value.code, sentence in refused.value.detail) == (code, True), refused.value.detail
    assert "right" not in refused.value.detail


def test_half_an_answer_is_asked_for_again(twin: Twin, open_: Callable[..., Connector]) -> None:
    twin.records = {"sale.sale": [sale(1)], "sale.line": []}
    twin.answers = [HALF, Reply(b"", 502), HALF]
    assert [one.ref for one in read(open_(), built_in("orders"))] == ["sale.sale,1"]


def test_an_address_inside_the_house_needs_an_administrators_word(open_: Callable[..., Connector], twin: Twin) -> None:
    with pytest.raises(Refused, match="not a public address"):
        read(open_(allow=[]), built_in("orders"))
    assert twin.calls == []


SETTINGS = [({"address": "tryton.example.com"}, "address_invalid"), ({"company": "Harbour"}, "settings_invalid")]


@pytest.mark.parametrize(("wrong", "code"), SETTINGS)
def test_settings_that_make_no_sense_are_refused(
    open_: Callable[..., Connector], wrong: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        open_(**wrong)
    assert refused.value.code == code


def test_streams_are_chosen_by_their_names() -> None:
    assert [stream.name for stream in streams(with_streams("tryton", {"only": ["orders"], "lag_seconds": 60}))] == [
        "orders"
    ]
    with pytest.raises(Refused, match="“only” names sales; there are: customers, products, opportunities, orders"):
        with_streams("tryton", {"only": ["orders", "sales"]})


def test_another_tryton_is_named_and_missing_modules_are_shown(twin: Twin, open_: Callable[..., Connector]) -> None:
    twin.records = {"sale.sale": [sale(1), sale(2)]}
    assert open_(only=["orders", "productions"]).test() == (
        "Tryton 8.0 answers (records): orders 2, productions –. This connector was tried with Tryton 8.2."
    )


# --- what is read --------------------------------------------------------------------------------------------------------


def read(connector: Connector, stream: Stream, since: str | None = None) -> list[RawDocument]:
    found = [one for landing in connector.fetch(stream, since) for one in connector.read(stream, landing)]
    assert all(isinstance(one, RawDocument) for one in found)
    return found  # type: ignore[return-value]


def test_a_module_that_is_not_there_is_a_note_and_no_fault(twin: Twin, open_: Callable[..., Connector]) -> None:
    connector, productions = open_(), built_in("productions")
    assert list(connector.fetch(productions, None)) == []
    assert connector.keys(productions) is None
    assert [note.code for note in connector.notes] == ["module_missing"]


def test_a_stream_of_ones_own_must_be_of_a_known_model(open_: Callable[..., Connector]) -> None:
    own = Stream.from_json({"kind": "order", "from": "purchase.purchase", "key": "ref", "fields": {"number": "number"}})
    with pytest.raises(Refused, match=r"not from “purchase\.purchase”"):
        list(open_().fetch(own, None))


def test_the_cursor_is_the_latest_change_but_never_in_the_future_and_never_goes_back(
    twin: Twin, open_: Callable[..., Connector]
) -> None:
    def cursor(since: str | None) -> tuple[str | None, list[str]]:
        connector = open_()
        *_more, last = connector.fetch(built_in("orders"), since)
        return last.cursor, [note.code for note in connector.notes]

    twin.records = {"sale.sale": [sale(1), sale(2, NOW - timedelta(minutes=5))], "sale.line": []}
    assert cursor(None) == ("2026-09-16T11:55:00+00:00", [])
    assert cursor("2026-09-16T11:58:00+00:00") == ("2026-09-16T11:58:00+00:00", [])
    twin.records["sale.sale"].append(sale(3, NOW + timedelta(days=2)))
    assert cursor(None) == ("2026-09-16T12:00:00+00:00", ["cursor_in_future"])
