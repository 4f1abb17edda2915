"""Who reads the hub sees what they may see, can change nothing and reach nothing else."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from ordertrail.hub import publish, read
from ordertrail.hub.folder import Folder
from ordertrail.hub.read import query
from ordertrail.hub.tests.world import make_company, say
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.shapes import OrderLineRecord, OrderRecord

pytestmark = [pytest.mark.slow, pytest.mark.store]

D = Decimal


def order(number: str, seller: str, amount: int) -> OrderRecord:
    line = OrderLineRecord("1", "LAMP", D(1), price=D(amount), tax_rate=D(0))
    return OrderRecord(number, number, currency="CNY", salesperson=seller, lines=(line,))


@pytest.fixture
def people(hub: Folder, bring_up: Callable[..., Any]) -> dict[str, Person]:
    """Anna sells and sees her own customers; Dora manages and sees all; the guest is nobody."""
    by = make_company()
    say(by["oms"], order("SO-1", "anna", 100), order("SO-2", "ben", 1000), order("SO-3", "Anna Zhou", 10))
    bring_up()
    make = Person.objects.create_person
    return {
        "dora": make("dora", "", "manager"),
        "anna": make("anna", "", "sales", display_name="Anna Zhou", own_customers_only=True),
        "cleo": make("cleo", "", "sales", own_customers_only=True),
    }


TOTAL = "SELECT count(*), CAST(coalesce(sum(ordered), 0) AS BIGINT) FROM {fact_order}"


def test_the_scope_of_rows_is_added_to_whatever_is_asked(people: dict[str, Person]) -> None:
    assert query(TOTAL, {}, people["dora"]).rows == ((3, 11_100_000),)
    assert query(TOTAL, {}, people["anna"]).rows == ((2, 1_100_000),)  # by her log-in name and by her own
    assert query(TOTAL, {}, people["cleo"]).rows == ((0, 0),)
    assert query(TOTAL, {}, object()).rows == ((0, 0),)
    lines = "SELECT count(*) FROM {fact_order_line} AS l JOIN {fact_order} AS o ON o.order_id = l.order_id"
    assert query(lines, {}, people["anna"]).rows == ((2,),)


def test_a_table_without_braces_is_not_read(people: dict[str, Person]) -> None:
    for sql in ("SELECT * FROM fact_order", "SELECT * FROM {fact_order} JOIN FACT_ORDER_LINE USING (order_id)"):
        with pytest.raises(ValueError, match="must stand in braces"):
            query(sql, {}, people["anna"])
    with pytest.raises(ValueError, match="no table base_order"):
        query("SELECT * FROM {base_order}", {}, people["dora"])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY {fact_order} TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '20GB'",
        "DELETE FROM {fact_order}",
        "CREATE TABLE main.sheep AS SELECT 1",
    ],
)
def test_nothing_is_written_and_nothing_else_is_reached(people: dict[str, Person], sql: str) -> None:
    with pytest.raises((duckdb.Error, Refused)):
        query(sql, {}, people["dora"])
    assert query(TOTAL, {}, people["dora"]).rows == ((3, 11_100_000),)


def test_a_snapshot_that_is_being_read_stays_and_goes_when_it_is_not(
    people: dict[str, Person], hub: Folder, bring_up: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_name = {path.name for path in hub.snapshots.glob("*.duckdb")}
    assert by_name == {"hub-000001.duckdb"}
    seen = query(TOTAL, {}, people["dora"]).snapshot
    from ordertrail.records.models import Source

    say(Source.objects.get(code="oms"), order("SO-4", "anna", 1))
    bring_up()
    assert {path.name for path in hub.snapshots.glob("*.duckdb")} == {"hub-000001.duckdb", "hub-000002.duckdb"}
    one_more = "SELECT count(*) FROM {fact_order}"
    assert query(one_more, {}, people["dora"], on=seen).rows == ((3,),)  # a page goes on with what it began with
    assert query(one_more, {}, people["dora"]).rows == ((4,),)
    publish.remove_old(hub)
    assert query("SELECT 1 + count(*) FROM {fact_order}", {}, people["dora"], on=seen).rows == ((4,),)  # to its end

    monkeypatch.setattr(read, "PAGE_SECONDS", 0.0)  # nobody is between two figures now
    say(Source.objects.get(code="oms"), order("SO-5", "anna", 1))
    bring_up()
    assert query(one_more, {}, people["dora"]).rows == ((5,),)
    publish.remove_old(hub)
    assert {path.name for path in hub.snapshots.glob("*.duckdb")} == {"hub-000003.duckdb"}
    assert query(one_more, {}, people["dora"], on=seen).rows == ((5,),)  # gone: the newest instead


def test_before_the_first_snapshot_the_page_says_so(hub: Folder) -> None:
    with pytest.raises(Refused) as refused:
        query(TOTAL, {}, object())
    assert refused.value.code == "hub_not_ready"


def test_a_query_that_takes_too_long_is_stopped(people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "SECONDS", 0.2)
    with pytest.raises(Refused) as refused:
        query("SELECT count(*) FROM range(3000000) a, range(3000000) b WHERE a.range + b.range = 1", {}, people["dora"])
    assert refused.value.code == "hub_slow"
    assert query(TOTAL, {}, people["dora"]).rows == ((3, 11_100_000),)
