"""Sources that behave oddly in one way each (reliability.md §8.F), on real tables down to the store."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ordertrail.desk import laws
from ordertrail.desk.explain import explain
from ordertrail.desk.models import Change
from ordertrail.findings.follow import follow
from ordertrail.findings.models import Finding
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records.models import Link, Source, SourceDocument
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.models import Cursor, SyncRun
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare
from ordertrail.sync.tests.shop import STREAM as STREAM_OF_SHOP
from ordertrail.sync.tests.shop import Shop

D = Decimal


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """First loads are read in this process: another one does not see a test's transaction."""
    monkeypatch.setattr(Ahead, "apart", Ahead.here)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop.sqlite3")


def read(run: SyncRun) -> tuple[str, int, int, int, int, int]:
    return run.state, run.read, run.new, run.changed, run.unchanged, run.gone


def numbers() -> list[tuple[str, str]]:
    """Every order's number and state."""
    return sorted(Order.objects.values_list("number", "state"))


@pytest.mark.slow
def test_y06_ten_thousand_rows_with_one_change_time_all_come_in_and_no_page_edge_loses_one(
    db: None, shop: Shop
) -> None:
    shop.put_all((f"{n:05}", f"SO-{n}", {"lines": [("A", "1", "1.00")]}) for n in range(10_000))
    source = shop.source(lag_seconds=600)
    assert read(run_source(source)) == ("done", 10_000, 10_000, 0, 0, 0)
    shop.put("10000", changed="2026-09-01 08:00:00", lines=[("A", "1", "1.00")])  # one more at the very same second
    assert read(run_source(source)) == ("done", 10_001, 1, 0, 10_000, 0)
    assert OrderStatus.objects.count() == 10_001


def test_y07_a_clock_that_goes_back_takes_no_cursor_with_it_and_an_older_version_is_not_believed(
    db: None, shop: Shop
) -> None:
    shop.put("1", changed="2026-09-01 08:00:00", lines=[("A", "5", "1.00")])
    source = shop.source(lag_seconds=3_600)
    run_source(source)
    shop.put("1", changed="2026-09-01 07:30:00", lines=[("A", "4", "1.00")])
    run = run_source(source)
    assert (read(run), run.late) == (("done", 1, 0, 0, 1, 0), 1)
    assert [line["count"] for line in run.story if line["code"] == "late"] == [1]
    assert OrderStatus.objects.get().ordered_qty == D(5)
    assert Cursor.objects.get().value == "2026-09-01 08:00:00"
    assert list(SourceDocument.objects.get().versions.order_by("pk").values_list("version", flat=True)) == [
        "2026-09-01T00:00:00.000000Z",
        "2026-08-31T23:30:00.000000Z",
    ]  # it is kept all the same


def test_y08_a_change_time_in_2099_hides_nothing_that_comes_after_it(db: None, shop: Shop) -> None:
    shop.put("1", changed="2099-01-01 00:00:00")
    shop.put("2", changed="2026-09-15 10:00:00")
    source = shop.source(lag_seconds=600)
    run = run_source(source)
    assert [line["detail"] for line in run.story if line["code"] == "note"] == [
        "The cursor stands in the future (2099-01-01 00:00:00); it was held at now, so that nothing is missed."
    ]
    shop.put("3", changed="2026-09-16 12:00:00")  # today
    assert read(run_source(source))[:3] == ("done", 2, 1)
    assert [number for number, _ in numbers()] == ["SO-1", "SO-2", "SO-3"]


def test_y10_an_id_that_changes_its_type_stays_one_document_and_a_leading_zero_is_another(db: None, shop: Shop) -> None:
    shop.run("CREATE TABLE lines (order_id TEXT, pos INTEGER, sku TEXT, qty TEXT, price TEXT)")
    shop.run("CREATE TABLE orders (id, no TEXT, buyer, status, total, currency, also, ordered, changed)")
    row = ("SO-12", "远帆", "open", None, "CNY", "", "2026-09-01", "2026-09-01 08:00:00")
    shop.run("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(12, *row)])
    source = shop.source()
    assert read(run_source(source)) == ("done", 1, 1, 0, 0, 0)
    shop.run("UPDATE orders SET id = '12'")
    assert read(run_source(source)) == ("done", 1, 0, 0, 1, 0)
    shop.run("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [("012", "SO-012", *row[1:])])
    assert read(run_source(source)) == ("done", 2, 1, 0, 1, 0)
    assert sorted(SourceDocument.objects.values_list("ref", flat=True)) == ["012", "12"]


def test_y11_an_id_used_again_for_another_order_is_the_new_order(db: None, shop: Shop) -> None:
    shop.put("1", "SO-1")
    shop.put("2", "SO-2")
    source = shop.source(cursor="")
    run_source(source)
    shop.delete("1")
    assert [run_source(source, with_sweep=True).gone for _ in range(2)] == [0, 1]
    assert numbers() == [("SO-1", "cancelled"), ("SO-2", "confirmed")]
    shop.put("1", "SO-9", lines=[("B", "3", "7.00")])
    assert read(run_source(source, with_sweep=True)) == ("done", 2, 0, 1, 1, 0)
    assert numbers() == [("SO-2", "confirmed"), ("SO-9", "confirmed")]
    assert OrderStatus.objects.get(number="SO-9").ordered_qty == D(3)


@pytest.mark.parametrize("cursor", ["changed", ""], ids=["read on by change time", "read whole each time"])
def test_y12_an_order_that_is_deleted_and_back_is_there_again_as_it_was(db: None, shop: Shop, cursor: str) -> None:
    shop.put("1")
    shop.put("2", changed="2026-09-02 08:00:00")
    source = shop.source(cursor=cursor)
    run_source(source)
    before = OrderStatus.objects.values().get(number="SO-1")
    shop.delete("1")
    gone = [run_source(source, with_sweep=True).gone for _ in range(3)]
    assert gone == [0, 1, 0]  # missing twice in a row, and then it is known
    assert OrderStatus.objects.get(number="SO-1").status == "cancelled"
    shop.put("1")  # with the change time of before: a cursor alone would never see it
    run_source(source, with_sweep=True)
    assert OrderStatus.objects.values().get(number="SO-1") == before
    assert SourceDocument.objects.get(ref="1").missed_sweeps == 0
    assert list(laws.verify()) == []


def test_y12_an_order_missing_in_one_sweep_only_was_never_gone(db: None, shop: Shop) -> None:
    shop.put("1")
    shop.put("2")
    source = shop.source(cursor="")
    run_source(source)
    for _ in range(2):
        shop.delete("1")
        assert run_source(source, with_sweep=True).gone == 0
        shop.put("1")
        assert run_source(source, with_sweep=True).gone == 0
    assert numbers() == [("SO-1", "confirmed"), ("SO-2", "confirmed")]


def test_y13_a_total_that_is_not_its_lines_lands_is_flagged_and_not_repaired(db: None, shop: Shop) -> None:
    shop.put("1", total="1234.50", lines=[("A", "10", "100.00")])
    shop.put("2", total="1000.00", lines=[("A", "10", "100.00")])
    run_source(shop.source())
    follow()
    finding = Finding.objects.get(check_name="total_differs")
    order = Order.objects.get(number="SO-1")
    assert (finding.object, finding.money, finding.currency) == (order.pk, D("234.5"), "CNY")
    assert finding.facts["told"] == "1234.5"
    assert finding.facts["counted"] == "1000"
    assert (order.total_told, order.status.ordered) == (D("1234.5"), D(1000))
    shop.put("1", total="1000.00", changed="2026-09-02 08:00:00", lines=[("A", "10", "100.00")])
    run_source(Source.objects.get(code="shop"))
    follow()
    assert Finding.objects.get(check_name="total_differs").status == "closed"


def test_y20_a_day_of_data_for_an_hour_asked_is_merged(db: None, shop: Shop) -> None:
    shop.put_all((str(n), f"SO-{n}", {"changed": f"2026-09-15 {n:02}:00:00"}) for n in range(24))
    source = shop.source(lag_seconds=90_000)  # each run reads 25 hours again
    assert read(run_source(source)) == ("done", 24, 24, 0, 0, 0)
    before = Change.objects.count()
    shop.put("7", changed="2026-09-15 23:30:00", lines=[("A", "1", "5.00")])
    assert read(run_source(source)) == ("done", 24, 0, 1, 23, 0)
    assert OrderStatus.objects.get(number="SO-7").ordered == D(5)
    assert Change.objects.count() == before + 1


def test_y21_a_source_that_loses_nine_in_ten_is_held_until_a_person_says_so(db: None, shop: Shop) -> None:
    shop.put_all((str(n), f"SO-{n}", {}) for n in range(100))
    source = shop.source(cursor="")
    run_source(source, with_sweep=True)
    shop.delete(*(str(n) for n in range(10, 100)))
    for _ in range(3):  # however often it is seen
        run = run_source(source, with_sweep=True)
        assert read(run) == ("held", 10, 0, 0, 10, 0)
        assert [(line["missing"], line["known"]) for line in run.story if line["code"] == "held"] == [(90, 100)]
    assert Order.objects.filter(state="confirmed").count() == 100

    assert read(run_source(source, with_sweep=True, sure=True)) == ("done", 10, 0, 0, 10, 90)
    assert Order.objects.filter(state="confirmed").count() == 10
    assert read(run_source(source, with_sweep=True)) == ("done", 10, 0, 0, 10, 0)
    assert list(laws.verify()) == []


@pytest.mark.parametrize("left", [0, 3])
def test_y21_a_small_source_of_which_nothing_or_under_half_is_left_is_held_too(db: None, shop: Shop, left: int) -> None:
    shop.put_all((str(n), f"SO-{n}", {}) for n in range(8))
    source = shop.source(cursor="")
    run_source(source, with_sweep=True)
    shop.delete(*(str(n) for n in range(left, 8)))
    for _ in range(3):
        run = run_source(source, with_sweep=True)
        assert read(run) == ("held", left, 0, 0, left, 0)
        assert [(line["missing"], line["known"]) for line in run.story if line["code"] == "held"] == [(8 - left, 8)]
    assert Order.objects.filter(state="confirmed").count() == 8
    assert run_source(source, with_sweep=True, sure=True).gone == 8 - left


def test_y21_of_a_small_source_half_may_go(db: None, shop: Shop) -> None:
    shop.put_all((str(n), f"SO-{n}", {}) for n in range(8))
    source = shop.source(cursor="")
    run_source(source, with_sweep=True)
    shop.delete("0", "1", "2", "3")
    assert [run_source(source, with_sweep=True).gone for _ in range(2)] == [0, 4]


def test_y21_a_dropped_table_is_no_deletion(db: None, shop: Shop) -> None:
    shop.put("1")
    source = shop.source(cursor="")
    run_source(source, with_sweep=True)
    shop.run("ALTER TABLE orders RENAME TO orders_old")
    assert [run_source(source, with_sweep=True).state for _ in range(3)] == ["failed"] * 3
    assert numbers() == [("SO-1", "confirmed")]


def test_y22_a_status_never_seen_holds_its_order_alone_and_the_rest_goes_on(db: None, shop: Shop) -> None:
    shop.put("1")
    shop.put("2")
    source = shop.source()
    run_source(source)
    shop.put("1", status="frozen", changed="2026-09-02 08:00:00")
    shop.put("2", changed="2026-09-02 08:00:00", lines=[("A", "9", "1.00")])
    run = run_source(source, with_sweep=True)
    assert (*read(run)[:5], run.rejected) == ("done", 2, 0, 1, 0, 1)
    assert {status.number: status.ordered_qty for status in OrderStatus.objects.all()} == {"SO-1": D(10), "SO-2": D(9)}
    assert run_source(source, with_sweep=True).gone == 0  # a rejected order is no missing one


# --- Y25: the same order from two sources ----------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> tuple[Shop, Shop]:
    """Two shops that number their orders alike."""
    return Shop(tmp_path / "one.sqlite3", "one"), Shop(tmp_path / "two.sqlite3", "two", trust={"order_rank": 2})


def test_y25_the_same_number_in_two_sources_is_two_orders_until_somebody_says_otherwise(
    db: None, two: tuple[Shop, Shop]
) -> None:
    one, other = two
    one.put("1", "SO-1", lines=[("A", "10", "1.00")])
    other.put("77", "so 1", lines=[("A", "4", "1.00")])
    for shop in two:
        run_source(shop.source())
    assert OrderStatus.objects.count() == 2
    assert not Link.objects.exists()
    with pytest.raises(Refused) as refused:
        explain("SO-1", "ordered")
    assert refused.value.code == "ambiguous"
    assert refused.value.detail.startswith("2 orders are called SO-1: ")


def test_y25_a_source_that_names_the_other_order_is_linked_by_that_rule_whoever_comes_first(
    db: None, two: tuple[Shop, Shop]
) -> None:
    one, other = two
    one.put("1", "SO-1", lines=[("A", "10", "1.00")])
    other.put("77", "T-77", also="SO-1", lines=[("A", "4", "1.00")])
    for shop in reversed(two):
        run_source(shop.source())
    link = Link.objects.get()
    assert (link.rule, link.made_by) == ("same_as", None)
    status = OrderStatus.objects.get()  # one real thing, one row, by the words of the one that is believed
    assert (status.number, status.ordered_qty) == ("SO-1", D(10))
    assert explain("T-77", "ordered").order == "SO-1"


def test_y25_a_claim_that_fits_two_orders_joins_none_and_waits(db: None, two: tuple[Shop, Shop]) -> None:
    one, other = two
    one.put("1", "SO-1")
    one.put("2", "SO-1", lines=[("A", "1", "1.00")])  # entered twice
    other.put("77", "T-77", also="SO-1")
    for shop in two:
        run_source(shop.source())
    assert Link.objects.get().other is None
    assert OrderStatus.objects.count() == 3
    one.delete("1")
    assert [run_source(one.source(), with_sweep=True).gone for _ in range(2)] == [0, 1]
    assert Link.objects.get().other == SourceDocument.objects.get(ref="2")  # now it is the one that is left
    assert sorted(OrderStatus.objects.values_list("number", "status")) == [("SO-1", "cancelled"), ("SO-1", "confirmed")]
    assert explain("T-77", "ordered").order == "SO-1"
    assert explain("SO-1", "ordered").value == D(1)  # a deleted order does not make a living one ambiguous
    assert list(laws.verify()) == []


def test_two_streams_of_one_kind_are_swept_as_one(db: None, shop: Shop) -> None:
    shop.put("1")
    shop.run("CREATE TABLE returns (id TEXT, no TEXT)")
    shop.run("INSERT INTO returns VALUES ('R1', 'RT-1')")
    returns = {"kind": "order", "name": "returns", "from": "returns", "key": "id", "fields": {"number": "no"}}
    settings = {"url": f"sqlite:///{shop.path}", "streams": [STREAM_OF_SHOP, returns]}
    source = declare({"code": "shop", "name": "Shop", "connector": "sql", "settings": settings})
    run_source(source)
    assert [run_source(source, with_sweep=True).gone for _ in range(3)] == [0, 0, 0]
    assert numbers() == [("RT-1", "confirmed"), ("SO-1", "confirmed")]
