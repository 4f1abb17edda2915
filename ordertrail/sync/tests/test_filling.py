"""A first load of many orders: the lists' indexes are left out while it goes, and whole whatever ends it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.db import OperationalError

from ordertrail.cli.company import make_store
from ordertrail.desk import filling
from ordertrail.lib import bulk
from ordertrail.orders.listing import INDEXES, Listing
from ordertrail.orders.models import OrderStatus
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.run import run_source
from ordertrail.sync.tests.shop import Shop

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.django_db]

ALL = frozenset(INDEXES.values()) | {"line_product"}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """First loads are read in this process: another one does not see a test's transaction."""
    monkeypatch.setattr(Ahead, "apart", Ahead.here)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path / "shop.sqlite3")
    shop.put_all((f"{n:04}", f"SO-{n:04}", {}) for n in range(500))
    return shop


class Watch:
    """What the store's indexes are after each piece of a run, as its progress is told."""

    def __init__(self, fails_at: int = 0) -> None:
        self.seen: list[set[str]] = []
        self.fails_at = fails_at

    def __call__(self, stream: str, done: int, expected: int | None) -> None:
        self.seen.append(bulk.indexes(ALL))
        if len(self.seen) == self.fails_at:
            raise OSError("the cable is out")


def test_indexes_of_lists_are_left_out_while_many_come_and_lists_stay_right(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "MANY", 150)
    read: dict[str, list[str]] = {}

    class Reader(Watch):
        def __call__(self, stream: str, done: int, expected: int | None) -> None:
            super().__call__(stream, done, expected)
            if not self.seen[-1]:
                listing = Listing(OrderStatus.objects.all())
                for sort in INDEXES:
                    rows = [row[0] for row in listing.stream(sort, ("number",), descending=False)]
                    assert [row.number for row in listing.page(sort, descending=False, size=50)] == rows[:50]
                    assert sorted(rows) == [f"SO-{n:04}" for n in range(done)]
                read["here"] = rows

    watch = Reader()
    run = run_source(shop.source(), progress=watch)
    assert (run.state, run.new) == ("done", 500)
    assert watch.seen[0] in (ALL, set())
    assert watch.seen[-1] == set()
    assert len(read["here"]) == 500
    assert bulk.indexes(ALL) == ALL


def test_few_orders_are_not_worth_it(shop: Shop) -> None:
    watch = Watch()
    run_source(shop.source(), progress=watch)
    assert watch.seen == [ALL] * len(watch.seen)


def test_a_few_more_for_a_big_store_are_not_worth_it_either(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_source(shop.source())
    monkeypatch.setattr(filling, "MANY", 10)
    other = Shop(tmp_path / "other.sqlite3", code="other")
    other.put_all((f"X{n}", f"X-{n}", {}) for n in range(40))
    watch = Watch()
    assert run_source(other.source(), progress=watch).new == 40
    assert watch.seen == [ALL] * len(watch.seen)


def test_a_load_that_fails_leaves_the_store_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "MANY", 1)
    watch = Watch(fails_at=1)
    with pytest.raises(OSError, match="cable"):
        run_source(shop.source(), progress=watch)
    assert watch.seen == [set()]
    assert bulk.indexes(ALL) == ALL


def test_what_a_kill_has_left_out_the_next_start_makes(db: None) -> None:
    filling.leave_out()
    assert bulk.indexes(ALL) == set()
    make_store()
    assert bulk.indexes(ALL) == ALL


def test_two_that_make_them_at_once_do_not_get_in_each_other_s_way(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    filling.leave_out()
    present = bulk.indexes
    looks: list[int] = []

    def looked(names: Iterable[str]) -> set[str]:
        seen = present(names)
        if not looks:
            looks.append(1)
            filling.make_whole()  # another process, between this one's look and its writing
        return seen

    monkeypatch.setattr(bulk, "indexes", looked)
    filling.make_whole()
    assert present(ALL) == ALL


def test_without_room_for_them_the_product_starts_all_the_same(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    filling.leave_out()
    monkeypatch.setattr(filling, "_make", full)
    make_store()
    assert "slower, but right" in caplog.text
