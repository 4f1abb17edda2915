"""A running Tryton, which the test itself installs, fills and starts: after each sync the store holds what it says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.connectors.base import Landing, RawDocument
from ordertrail.sync.connectors.rest_http import BREAKERS
from ordertrail.sync.connectors.tryton import Connector
from ordertrail.sync.mapping import Stream, streams, to_record
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare, with_streams
from ordertrail.sync.tests.tryton.client import Client
from ordertrail.sync.tests.tryton.deeds import People
from ordertrail.sync.tests.tryton.says import TrytonSays, store_says
from ordertrail.sync.tests.tryton.system import DATABASE, Tryton, started

pytestmark = pytest.mark.tryton
SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "reader-harbour"


@pytest.fixture(scope="module")
def tryton() -> Iterator[Tryton]:
    """A Tryton of this module's own (4 s; one to two minutes where it must be installed and filled first)."""
    running = started()
    yield running
    running.stop()


def settings(tryton: Tryton, **more: Any) -> dict[str, Any]:
    return {"address": tryton.address, "database": DATABASE, "user": "reader", "allow": ["127.0.0.1"], **more}


def connector(tryton: Tryton, password: str = PASSWORD, **more: Any) -> Connector:
    return Connector(settings(tryton, **more), {"password": password}, SHANGHAI)


def built_in(**more: Any) -> tuple[Stream, ...]:
    return streams(with_streams("tryton", more))


# --- before and after changes ------------------------------------------------------------------------------------------------


@pytest.fixture
def source(tryton: Tryton, monkeypatch: pytest.MonkeyPatch, db: None) -> Source:
    """Tryton as a source, read by who may only look."""
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    monkeypatch.delenv("ORDERTRAIL_TODAY")  # a running system has the real clock, and so must its connector
    told = {"code": "tryton", "name": "Tryton", "kind": "erp", "connector": "tryton"}
    # Without lag: what an older run has seen does not come again, so each change must be noticed by itself.
    return declare({**told, "settings": settings(tryton, lag_seconds=0), "secrets": {"password": PASSWORD}})


def synced(source: Source, *, sweep: bool = False) -> SyncRun:
    run = run_source(source, with_sweep=sweep)
    assert (run.state, run.error) == ("done", "")
    assert list(Reject.objects.values_list("ref", "column", "detail")) == []
    assert run.read == run.new + run.changed + run.unchanged
    return run


def compare(tryton: Tryton, *, deleted: str = "") -> None:
    """Everything that Tryton says stands in the store, and nothing else; but an order that was ``deleted`` in Tryton stays
    in the store, with its history.
    """
    told, held = TrytonSays(Client(tryton.address, "reader")).all(), store_says()
    if deleted:
        del held["orders"][deleted]
    for kind, documents in told.items():
        assert held[kind].keys() == documents.keys(), kind
        for number, document in documents.items():
            assert held[kind][number] == document, (kind, number)


def figures(number: str) -> tuple[str, str, str, str, str, str]:
    """Where an order stands: ordered, shipped quantity, to ship, invoiced, paid, still to be paid."""
    row = OrderStatus.objects.get(number=number)
    amounts = (row.ordered, row.shipped_qty, row.to_ship_qty, row.invoiced, row.paid, row.open_receivable)
    return tuple(f"{amount.normalize():f}" for amount in amounts)  # type: ignore[return-value]


def test_the_store_holds_what_tryton_says_before_and_after_changes(tryton: Tryton, source: Source) -> None:
    first = synced(source)
    assert first.read == first.new == 41
    compare(tryton)
    # Example E1: one shipment and one bill for two orders, one payment of 1,000.00 for two bills.
    assert figures("SO-0001") == ("1130", "6", "4", "678", "548", "130")
    assert figures("SO-0002") == ("452", "5", "0", "452", "452", "0")
    assert figures("SO-0005") == ("-162.72", "0", "0", "-162.72", "-162.72", "0")  # a return
    assert OrderStatus.objects.get(number="SO-0006").production == "done"

    again = synced(source)
    assert (again.new, again.changed) == (0, 0)
    assert again.read < 15  # the last of each kind

    people = People(tryton.address)
    a_day_of(people)
    second = synced(source)
    assert second.new > 0
    assert second.changed > 0
    compare(tryton, deleted="draft-8")
    assert figures("SO-0001") == ("1130", "10", "0", "1130", "778", "352")
    assert figures("SO-0010") == ("960.5", "1.5", "0.5", "720.38", "0", "720.38")

    assert [people.credit("INV-0004", of=1), people.credit("INV-0005")] == ["CN-0002", "CN-0003"]
    third = synced(source)
    assert (third.new, third.changed) == (2, 1)
    compare(tryton, deleted="draft-8")
    assert figures("SO-0001") == ("1130", "10", "0", "1017", "778", "239")
    assert figures("SO-0010") == ("960.5", "1.5", "0.5", "0", "0", "0")

    change_only_a_line(people)
    swept = synced(source, sweep=True)
    assert swept.gone == 0  # missing once may be a mistake
    compare(tryton, deleted="draft-8")
    swept = synced(source, sweep=True)
    assert swept.gone == 1
    assert OrderStatus.objects.get(number="draft-8").status == "cancelled"
    compare(tryton, deleted="draft-8")


def a_day_of(people: People) -> None:
    """Everything moves: goods, bills, money, hours; an order comes, one is cancelled, one is deleted."""
    people.ship("SO-0001")
    bill = people.bill("SO-0001")
    people.bank("BANK-0006", ("130", "INV-0002"), ("100", bill))
    assert people.order_like("SO-0007", 3) == "SO-0009"
    dozens = people.order_like("SO-0007", 2, unit=dozen(people), unit_price=Decimal(425))
    people.ship_in_pieces(dozens, 18)
    people.bill(dozens)
    people.anna.copy("sale.sale", people.sale("SO-0008"), reference="only asked")
    people.anna.press("sale.sale", people.sale("SO-0008"), "cancel")
    people.anna.delete("sale.sale", 8)
    people.anna.press("sale.opportunity", people.reader.one("sale.opportunity", number="OPP-0002")["id"], "lost")
    people.anna.write("party.party", people.reader.one("party.party", name="Kiln Glass")["id"], name="Kiln & Sons")
    product = people.reader.one("product.product", "template", code="BULB-6")
    people.admin.write("product.template", product["template"], list_price=Decimal("38.50"))
    people.hours("Fit lamps", 90)
    people.bo.press("production", people.reader.one("production", number="MO-0002")["id"], "assign_try", "run", "do")


def change_only_a_line(people: People) -> None:
    """Anna changes the line of a draft: in Tryton its order does not move."""
    asked = people.reader.one("sale.sale", "lines", "write_date", reference="only asked")
    people.anna.write("sale.line", asked["lines"][0], quantity=9)
    assert people.reader.one("sale.sale", "write_date", reference="only asked")["write_date"] == asked["write_date"]


def dozen(people: People) -> int:
    return int(people.reader.one("product.uom", name="Dozen")["id"])


# --- what every connector promises --------------------------------------------------------------------------------------------

STREAMS = [stream.name for stream in built_in()]


def read(connector: Connector, stream: Stream, landings: list[Landing]) -> list[RawDocument]:
    found = [one for landing in landings for one in connector.read(stream, landing)]
    assert all(isinstance(one, RawDocument) for one in found)
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("name", STREAMS)
def test_reading_twice_gives_the_same_and_needs_nothing_but_the_bytes(
    tryton: Tryton, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = next(one for one in built_in() if one.name == name)
    opened = connector(tryton)
    landings = list(opened.fetch(stream, None))
    assert [landing.cursor is None for landing in landings] == [True] * (len(landings) - 1) + [False]
    documents = read(opened, stream, landings)
    assert documents
    assert read(opened, stream, list(opened.fetch(stream, None))) == documents
    keys = opened.keys(stream)
    assert keys is not None
    assert sorted(set(keys)) == sorted(one.ref for one in documents)

    monkeypatch.setattr(socket.socket, "connect", no_network)
    stored = [Landing(one.body, one.media, one.name, one.at, meta=dict(one.meta)) for one in landings]
    assert read(Connector(settings(tryton), {}, SHANGHAI), stream, stored) == documents
    for document in documents:
        assert to_record(stream, document, SHANGHAI).ref == document.ref
        cells = [*document.row.values(), *(cell for line in document.lines for cell in line.values())]
        assert not any(isinstance(cell, (float, dict, list)) for cell in cells)


def no_network(*words: object) -> None:
    raise AssertionError("reading a landing went to the network")


def test_the_test_button_counts_what_is_there(tryton: Tryton) -> None:
    said = connector(tryton, only=["customers", "products"]).test()
    assert said == "Tryton 8.2 answers (records): customers 8, products 4."


WRONG = [
    ({"password": "reader"}, "login_refused", "Tryton refuses the log-in of “reader”. Check the user and the password"),
    ({"user": "nobody"}, "login_refused", "Tryton refuses the log-in of “nobody”"),
    ({"database": "habour"}, "database_unknown", "There is no Tryton database “habour” at http://127.0.0.1"),
    ({"user": "bo", "password": "bo-harbour"}, "source_refused", "You are not allowed to access"),
]


@pytest.mark.parametrize(("wrong", "code", "sentence"), WRONG)
def test_what_is_wrong_is_said(tryton: Tryton, wrong: dict[str, Any], code: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        connector(tryton, **{"password": PASSWORD, **wrong}).test()
    BREAKERS.clear()
    assert (refused.value.code, sentence in refused.value.detail) == (code, True), refused.value.detail
    assert "-harbour" not in refused.value.detail
