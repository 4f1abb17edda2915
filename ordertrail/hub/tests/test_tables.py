"""Every file under hub/sql keeps its promises: a grain, a key that is one, no floats, a scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ordertrail.billing.models import InvoiceShare, Setoff, WriteOff
from ordertrail.hub.folder import Folder
from ordertrail.hub.read import SCOPE_KEY
from ordertrail.hub.tables import parsed, tables
from ordertrail.hub.tests.world import AT, World, make_company

KINDS_OF_COLUMNS = {"BIGINT", "INTEGER", "VARCHAR", "DATE", "BOOLEAN"}


@pytest.fixture
def facts(hub: Folder, bring_up: Callable[..., Any]) -> duckdb.DuckDBPyConnection:
    world = World(7, make_company())
    for _ in range(40):
        world.step()
    one_of_our_own()
    bring_up()
    told = hub.current()
    assert told is not None
    connection = duckdb.connect(str(hub.root / told["facts"]), read_only=True)
    connection.execute(f"ATTACH '{hub.root / told['base']}' AS base (READ_ONLY)").fetchall()
    return connection


def one_of_our_own() -> None:
    """What only our own papers have: a set-off and a write-off, each of a whole unit."""
    share = InvoiceShare.objects.filter(counts=True, order__isnull=False).order_by("pk")[0]
    of = {"invoice_id": share.invoice_id, "order": share.order_id, "amount": 1, "at": AT}
    Setoff.objects.create(credit_note_id=share.invoice_id, **of)
    WriteOff.objects.create(payment_id=1, **of)


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def test_each_table_keeps_its_promises(facts: duckdb.DuckDBPyConnection) -> None:
    for table in tables():
        name = f"base.{table.name}" if table.layer == "base" else table.name
        assert table.grain, name
        [(every, distinct, without)] = rows(
            facts, f"SELECT count(*), count(DISTINCT {table.key}), count(*) - count({table.key}) FROM {name}"
        )
        assert (every, without) == (distinct, 0), f"{name}: {table.key} is not a key"
        assert every > 0, f"{name} is empty: this test says nothing of it"
        described = {row[0]: row[1] for row in rows(facts, f"DESCRIBE {name}")}
        assert set(described.values()) <= KINDS_OF_COLUMNS, f"{name} keeps {described}"
        assert "cost" not in " ".join(described), f"{name} shows cost"
        if table.layer == "fact":
            assert SCOPE_KEY in described, f"{name} has no scope"
        if table.layer != "base":
            assert any(not column.endswith("_id") for column in described), f"{name} has no natural key"


def test_a_base_table_holds_only_what_some_fact_reads_or_its_changes_are_found_by() -> None:
    read = [table.sql for table in tables() if table.layer != "base"]
    for table in tables("base"):
        named = {
            column
            for sql in read
            for alias in re.findall(rf"{table.name} AS (\w+)", sql)
            for column in re.findall(rf"\b{alias}\.(\w+)", sql)
        }
        found_by = {table.key, *(follow.column for follow in table.follows)}
        assert {column for column, _kind in table.columns} <= named | found_by, table.name


def test_pieces_are_those_of_the_store(facts: duckdb.DuckDBPyConnection) -> None:
    """The hub's ``ot_piece`` rounds as ``lib.money`` does, also below zero and where nothing is whole (amounts are whole yen)."""
    from ordertrail.hub.run import MACROS, STEP
    from ordertrail.lib.money import piece_units

    facts.execute(STEP).fetchall()
    facts.execute(MACROS).fetchall()
    cases = [
        (amount, qty, of_qty, digits)
        for amount in (0, 10_000, 120_000, -980_000, 10_000_000, 99_999_999_990_000)
        for qty in (1_000_000, 333_333, -2_000_000, 7)
        for of_qty in (3_000_000, 1_000_000, 7_000_001, 0)
        for digits in (0, 2, 3)
    ]
    for case in cases:
        [(found,)] = rows(facts, "SELECT ot_piece({}::BIGINT, {}::BIGINT, {}::BIGINT, {})".format(*case))
        assert found == piece_units(*case), case


def test_a_file_that_does_not_say_its_grain_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fact" / "fact_sheep.sql"
    path.parent.mkdir()
    path.write_text("SELECT 1 AS sheep_id\n")
    with pytest.raises(ValueError, match="must begin with two lines"):
        parsed(path)
    path.write_text("-- Sheep. Grain: sheep.\n-- Key: sheep_id. Follows: base_order.\nSELECT 1 AS sheep_id\n")
    with pytest.raises(ValueError, match="belong together"):
        parsed(path)


def test_what_was_fetched_is_read_instead_of_whole_tables_only_where_it_holds_all_that_is_asked_for() -> None:
    by_name = {table.name: table for table in tables()}

    def read(name: str) -> set[str]:
        return set(re.findall(r"(?:FROM|JOIN) ((?:new_)?base_\w+) AS", by_name[name].rows("touched", "new_")))

    # Lines by their own id were fetched; the order that a line belongs to may not have changed with it.
    assert {"new_base_shipment_line", "base_order_status", "base_shipment"} <= read("fact_shipment_line")
    assert "base_shipment_line" not in read("fact_shipment_line")
    # All lines of a changed order were fetched with it, by their order.
    assert {"new_base_order_status", "new_base_shipment_line", "base_shipment"} <= read("fact_order")
    # Nothing follows an order line but by its order.
    assert "base_shipment_line" in read("fact_order_line")
    # Lines are counted here by order and by shipment, of which only one may have changed.
    assert read("fact_shipment_part") >= {"base_shipment_line"}
    assert "new_base_shipment_line" not in read("fact_shipment_part")
