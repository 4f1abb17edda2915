"""A running Tryton, which the test itself installs, fills and starts: after each sync the store holds what it says."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.connectors.tryton import Connector
from ordertrail.sync.mapping import Stream, streams
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
    told = {"code": "tryton", "name": "Tryton", "kind": "erp", "connector": "tryton"}
    return declare({**told, "settings": settings(tryton), "secrets": {"password": PASSWORD}})


def synced(source: Source, *, sweep: bool = False) -> SyncRun:
    run = run_source(source, with_sweep=sweep)
    assert (run.state, run.error) == ("done", "")
    assert list(Reject.objects.values_list("ref", "column", "detail")) == []
    assert run.read == run.new + run.changed + run.unchanged
    return run


def compare(tryton: Tryton) -> None:
    """Everything that Tryton says stands in the store, and nothing else."""
    told, held = TrytonSays(Client(tryton.address, "reader")).all(), store_says()
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

    people = People(tryton.address)
    a_day_of(people)
    second = synced(source)
    assert second.new > 0
    assert second.changed > 0
    compare_but_for_the_deleted(tryton, "draft-8")
    assert figures("SO-0001") == ("1130", "10", "0", "1130", "778", "352")
    assert figures("SO-0010") == ("960.5", "1.5", "0.5", "720.38", "0", "720.38")

    swept = synced(source, sweep=True)
    assert swept.gone == 0  # missing once may be a mistake
    swept = synced(source, sweep=True)
    assert swept.gone == 1
    assert OrderStatus.objects.get(number="draft-8").status == "cancelled"
    compare_but_for_the_deleted(tryton, "draft-8")


def a_day_of(people: People) -> None:
    """Everything moves: goods, bills, money, hours; an order comes, one is cancelled, one is deleted."""
    people.ship("SO-0001")
    bill = people.bill("SO-0001")
    people.bank("BANK-0006", ("130", "INV-0002"), ("100", bill))
    assert people.order_like("SO-0007", 3) == "SO-0009"
    dozens = people.order_like("SO-0007", 2, unit=dozen(people), unit_price=Decimal(425))
    people.ship_in_pieces(dozens, 18)
    people.bill(dozens)
    people.anna.press("sale.sale", people.sale("SO-0008"), "cancel")
    people.anna.delete("sale.sale", 8)
    people.anna.press("sale.opportunity", people.reader.one("sale.opportunity", number="OPP-0002")["id"], "lost")
    people.anna.write("party.party", people.reader.one("party.party", name="Dune Stores")["id"], name="Dune & Sons")
    product = people.reader.one("product.product", "template", code="BULB-6")
    people.admin.write("product.template", product["template"], list_price=Decimal("38.50"))
    people.hours("Fit lamps", 90)
    people.bo.press("production", people.reader.one("production", number="MO-0002")["id"], "assign_try", "run", "do")


def dozen(people: People) -> int:
    return int(people.reader.one("product.uom", name="Dozen")["id"])


def compare_but_for_the_deleted(tryton: Tryton, number: str) -> None:
    """As ``compare``; an order that was deleted in Tryton stays in the store, with its history."""
    told, held = TrytonSays(Client(tryton.address, "reader")).all(), store_says()
    held["orders"].pop(number)
    for kind, documents in told.items():
        assert held[kind].keys() == documents.keys(), kind
        for one, document in documents.items():
            assert held[kind][one] == document, (kind, one)
