"""The SQL connector on real servers: PostgreSQL, whose results stream side by side, and MariaDB, which is read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import OrderRecord
from ordertrail.sync.connectors import sql
from ordertrail.sync.connectors.base import RawDocument
from ordertrail.sync.connectors.sql import Connector
from ordertrail.sync.mapping import Stream, to_records

pytestmark = pytest.mark.usefixtures("november")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDERS = 5_000
DECLARED: dict[str, Any] = {
    "kind": "order",
    "from": "erp_orders",
    "key": "id",
    "cursor": "changed",
    "lag_seconds": 60,
    "lines": {"from": "erp_lines", "parent": "order_id", "key": "pos"},
    "fields": {
        "number": "nr",
        "order_date": "placed",
        "customer_name": "Buyer Name",
        "total": "total",
        "remark": "note",
    },
    "line_fields": {"sku": "sku", "qty": "qty", "price": "price"},
}


@contextmanager
def filled(url: str, json_type: str) -> Iterator[sa.Engine]:
    """An ERP with 5,000 orders of two lines, types of all sorts, and lines in no order."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    meta = sa.MetaData()
    orders = sa.Table(
        "erp_orders",
        meta,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("nr", sa.String(20)),
        sa.Column("placed", sa.Date),
        sa.Column("Buyer Name", sa.String(80)),
        sa.Column("total", sa.Numeric(14, 4)),
        sa.Column("weight", sa.Double),
        sa.Column("open", sa.Boolean),
        sa.Column("note", sa.Text),
        sa.Column("changed", sa.DateTime),
        sa.Column("photo", sa.LargeBinary),
    )
    lines = sa.Table(
        "erp_lines",
        meta,
        sa.Column("order_id", sa.BigInteger),
        sa.Column("pos", sa.Integer),
        sa.Column("sku", sa.String(20)),
        sa.Column("qty", sa.Numeric(12, 3)),
        sa.Column("price", sa.Numeric(12, 4)),
    )
    meta.create_all(engine)
    head = [
        {
            "id": number,
            "nr": f"E{number:05}",
            "placed": date(2026, 11, 1),
            "Buyer Name": "远帆 𠮷",
            "total": Decimal("0.1000"),
            "weight": 0.1,
            "open": True,
            "note": "a\nb",
            "changed": datetime(2026, 11, 1, 8, 0, number % 60),
            "photo": b"\xff",
        }
        for number in range(1, ORDERS + 1)
    ]
    below = [
        {"order_id": number, "pos": pos, "sku": f"S{pos}", "qty": Decimal("2.5"), "price": Decimal("19.9900")}
        for pos in (2, 1)
        for number in range(ORDERS + 3, 0, -1)  # the last three belong to no order
    ]
    with engine.begin() as connection:
        connection.execute(orders.insert(), head)
        connection.execute(lines.insert(), below)
        connection.execute(sa.text(f"ALTER TABLE erp_orders ADD COLUMN extra {json_type}"))
        connection.execute(sa.text("UPDATE erp_orders SET extra = '{\"a\": [1, 2]}' WHERE id = 1"))
    try:
        yield engine
    finally:
        engine.dispose()


def a_whole_erp_is_read(url: str, json_type: str) -> None:
    """First load, exact values, and one snapshot although the source changes meanwhile."""
    connector, stream = Connector({"url": url}, {}, SHANGHAI), Stream.from_json(DECLARED)
    with filled(url, json_type) as engine:
        fetched = connector.fetch(stream, None)
        landings = [next(fetched)]
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE erp_orders SET nr = 'LATE'"))
            connection.execute(sa.text("DELETE FROM erp_lines"))
        landings += list(fetched)
        keys = list(connector.keys(stream))
        assert f"erp_orders ({ORDERS:,})" in connector.test()
    assert [landing.cursor for landing in landings] == [None, None, "2026-11-01T08:00:59"]
    documents = [one for landing in landings for one in connector.read(stream, landing)]
    orders = list(to_records(stream, documents, SHANGHAI))
    assert [order.ref for order in orders] == [str(number) for number in range(1, ORDERS + 1)]
    assert {order.number for order in orders if isinstance(order, OrderRecord)} == {
        f"E{at:05}" for at in range(1, ORDERS + 1)
    }
    assert all([line.ref for line in order.lines] == ["1", "2"] for order in orders if isinstance(order, OrderRecord))
    assert sorted(keys, key=int) == [str(number) for number in range(1, ORDERS + 1)]
    first, raw = orders[0], documents[0]
    assert isinstance(first, OrderRecord)
    assert (first.customer_name, first.order_date, first.total) == ("远帆 𠮷", date(2026, 11, 1), Decimal("0.1"))
    assert (first.remark, first.lines[0].qty, first.lines[0].price) == ("a\nb", Decimal("2.5"), Decimal("19.99"))
    assert first.changed_at == datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC)
    assert isinstance(raw, RawDocument)
    assert (raw.row["weight"], raw.row["changed"]) == (Decimal("0.1"), datetime(2026, 11, 1, 8, 0, 1))
    assert str(raw.row["extra"]).replace(" ", "") == '{"a":[1,2]}'
    assert "photo" not in raw.row


def only_changes_are_read(url: str, json_type: str) -> None:
    """Incremental by a real datetime, with its lag; a query instead of a table."""
    stream = Stream.from_json({**DECLARED, "from": "SELECT * FROM erp_orders WHERE id <= 200", "lag_seconds": 10})
    connector = Connector({"url": url}, {}, SHANGHAI)
    with filled(url, json_type):
        (landing,) = connector.fetch(stream, "2026-11-01T08:00:59")
    refs = [document.ref for document in connector.read(stream, landing)]
    assert refs == [str(number) for number in range(1, 201) if number % 60 >= 49]
    assert landing.total == len(refs)


def rows_that_repeat_their_key_are_gathered(url: str, json_type: str) -> None:
    """A flat view of orders and lines."""
    flat = "SELECT o.id, o.nr, l.sku, l.qty FROM erp_orders o JOIN erp_lines l ON l.order_id = o.id"
    declared = {"kind": "order", "from": flat, "key": "id", "lines": {"rows": True}, "fields": {"number": "nr"}}
    stream = Stream.from_json({**declared, "line_fields": {"sku": "sku", "qty": "qty"}})
    connector = Connector({"url": url}, {}, SHANGHAI)
    with filled(url, json_type):
        landings = list(connector.fetch(stream, None))
    orders = [one for landing in landings for one in to_records(stream, connector.read(stream, landing), SHANGHAI)]
    assert len(orders) == ORDERS
    assert all(isinstance(order, OrderRecord) and len(order.lines) == 2 for order in orders)
    assert landings[0].total == ORDERS


STORIES = [a_whole_erp_is_read, only_changes_are_read, rows_that_repeat_their_key_are_gathered]


@pytest.mark.parametrize("story", STORIES)
def test_postgresql(postgres_url: str, story: Any) -> None:
    story(postgres_url, "jsonb")


@pytest.mark.parametrize("story", STORIES)
def test_mariadb(mariadb_url: str, story: Any) -> None:
    story(mariadb_url, "json")


def test_nothing_can_be_written_through_the_connector(postgres_url: str, mariadb_url: str) -> None:
    for url in (postgres_url, mariadb_url):
        with filled(url, "json"):
            connector = Connector({"url": url}, {}, SHANGHAI)
            with pytest.raises(Refused), connector._open() as connection:
                connection.execute(sa.text("DELETE FROM erp_lines"))
            with connector._open() as connection:
                assert connection.execute(sa.text("SELECT count(*) FROM erp_lines")).scalar_one() == 2 * (ORDERS + 3)


def test_a_table_of_another_schema_is_named_with_it(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            sa.text('CREATE SCHEMA sales; CREATE TABLE sales."Order" (id int); INSERT INTO sales."Order" VALUES (7)')
        )
    connector = Connector({"url": postgres_url}, {}, SHANGHAI)
    assert list(
        connector.keys(Stream.from_json({"kind": "order", "from": "sales.Order", "key": "id", "fields": {}}))
    ) == ["7"]
    with pytest.raises(Refused, match="Did you mean “sales") as refused:
        connector.keys(
            Stream.from_json({"kind": "order", "from": "sales.Orders", "key": "id", "fields": {}})
        ).__next__()
    assert refused.value.code == "table_missing"


def test_a_wrong_password_is_refused_without_being_shown(postgres_url: str, mariadb_url: str) -> None:
    for url, user in ((postgres_url, "nobody"), (mariadb_url, "nobody")):
        connector = Connector({"url": url.replace("ordertrail@", f"{user}@")}, {"password": "geheim-9"}, SHANGHAI)
        with pytest.raises(Refused) as refused:
            connector.test()
        assert refused.value.code == "source_unreachable"
        assert "geheim" not in refused.value.detail + repr(connector)


def test_pages_on_mariadb_end_at_the_right_place(mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "CHUNK", 2_500)
    connector, stream = Connector({"url": mariadb_url}, {}, SHANGHAI), Stream.from_json(DECLARED)
    with filled(mariadb_url, "json"):
        landings = list(connector.fetch(stream, None))
    assert [len(list(connector.read(stream, landing))) for landing in landings] == [2_500, 2_500]
