"""Sources that misbehave, down to the store: after the faults are over it holds what is true, and says what it was not sure of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from ordertrail.desk import laws
from ordertrail.orders.models import Order, OrderStatus
from ordertrail.records.models import Source, SourceDocument
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.connectors.chaos import STREAM, WORLDS
from ordertrail.sync.connectors.chaos_world import FAULTS, ChaosWorld
from ordertrail.sync.models import SyncRun
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare

D = Decimal
ALL = dict.fromkeys(FAULTS, 0.05) | {"delete": 0.08, "undelete": 0.04, "id_reuse": 0.04, "busy": 0.1, "drift": 0.2}
Told = tuple[str, str, str, tuple[tuple[int, str, int, str], ...]]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """First loads are read in this process: another one knows no worlds."""
    monkeypatch.setattr(Ahead, "apart", Ahead.here)
    yield
    WORLDS.clear()


@dataclass
class Life:
    """A chaotic source beside its store: lives, is synced now and then, and is compared."""

    world: ChaosWorld
    lag_seconds: int = STREAM["lag_seconds"]

    def __post_init__(self) -> None:
        WORLDS["store"] = self.world
        stream = STREAM | {"lag_seconds": self.lag_seconds}
        settings = {"world": "store", "streams": [stream]}
        self.source = declare({"code": "chaos", "name": "Chaos", "connector": "chaos", "settings": settings})

    def sync(self, *, sweep: bool = False) -> SyncRun:
        run = run_source(self.source, with_sweep=sweep, sure=True)
        assert run.read == run.new + run.changed + run.unchanged + run.rejected
        return run

    def live(self, changes: int, between: int = 25, sweeps: int = 4) -> None:
        """``changes`` in the company, a sync after each ``between``, a sweep with every one in ``sweeps``; then all is quiet."""
        syncs = 0
        while self.world.changes < changes:
            for _at in range(between):
                self.world.step()
            syncs += 1
            self.sync(sweep=bool(sweeps) and syncs % sweeps == 0)
        self.world.settle()

    def settle(self) -> None:
        """What happens after quiescence: two sweeps, each behind a sync."""
        for _at in range(2):
            assert self.sync(sweep=True).state == "done"

    def held(self) -> dict[str, Told]:
        """What the store holds, in the words of the world's truth."""
        refs = dict(
            SourceDocument.objects.filter(source=self.source, kind="order", gone_at=None).values_list("id", "ref")
        )
        states = {"confirmed": "open", "cancelled": "void"}
        return {
            refs[order.pk]: (
                order.number,
                order.customer_name,
                states[order.state],
                tuple((int(line.ref), line.sku, int(line.qty), f"{line.price or 0:.2f}") for line in order.lines.all()),
            )
            for order in Order.objects.prefetch_related("lines")
            if order.pk in refs
        }


def difference(held: dict[str, Told], truth: dict[str, Told]) -> dict[str, int]:
    """How many orders are missing, too many and wrong."""
    return {
        "missing": len(truth.keys() - held.keys()),
        "extra": len(held.keys() - truth.keys()),
        "wrong": sum(held[ref] != truth[ref] for ref in held.keys() & truth.keys()),
    }


NOTHING = {"missing": 0, "extra": 0, "wrong": 0}


@pytest.mark.slow
@pytest.mark.store
@pytest.mark.parametrize(
    ("seed", "changes"),
    [(2, 500), *[pytest.param(seed, 10_000, marks=pytest.mark.full("chaos")) for seed in (11, 12)]],
)
def test_after_all_faults_the_store_holds_the_truth(db: None, seed: int, changes: int) -> None:
    life = Life(ChaosWorld(seed, ALL))
    life.live(changes)
    life.settle()
    assert [fault for fault, count in life.world.struck.items() if not count] == []
    assert difference(life.held(), life.world.truth()) == NOTHING
    there = sum(
        (Decimal(qty) * Decimal(price) for *_, lines in life.world.truth().values() for _, _, qty, price in lines),
        Decimal(0),
    )
    living = OrderStatus.objects.filter(order__in=SourceDocument.objects.filter(gone_at=None).values("group"))
    assert sum(line.net for status in living for line in status.order.lines.all()) == there
    assert list(laws.verify()) == []


@pytest.mark.slow
def test_late_commits_are_caught_by_the_lag_and_lost_without_it(db: None) -> None:
    faults = {"late_commit": 0.3, "clock_skew": 0.02}
    careful = Life(ChaosWorld(5, faults))
    careful.live(300, between=5, sweeps=0)
    careful.sync()
    assert difference(careful.held(), careful.world.truth()) == NOTHING

    Source.objects.filter(code="chaos").update(
        code="chaos-before"
    )  # another source, as careless as sources usually are
    careless = Life(ChaosWorld(5, faults), lag_seconds=0)
    careless.live(300, between=5, sweeps=0)
    careless.sync()
    lost = difference(careless.held(), careless.world.truth())
    assert lost["missing"] + lost["wrong"] > 5, "the control must lose: else the test has no teeth"
    assert lost["extra"] == 0


@pytest.mark.slow
def test_what_a_careless_cursor_has_lost_is_read_when_a_sweep_finds_it(db: None) -> None:
    life = Life(ChaosWorld(5, {"late_commit": 0.3}), lag_seconds=0)
    life.live(300, between=5, sweeps=0)
    life.sync()
    assert difference(life.held(), life.world.truth())["missing"] > 0
    run = life.sync(sweep=True)
    assert [line["count"] > 0 for line in run.story if line["code"] == "unread"] == [True]
    assert difference(life.held(), life.world.truth()) == NOTHING  # reading all again mends what was wrong too
    assert "unread" not in {line["code"] for line in life.sync(sweep=True).story}


def test_deletions_are_seen_after_two_sweeps_and_who_is_back_is_there_again(db: None) -> None:
    life = Life(ChaosWorld(8, {"delete": 0.2, "undelete": 0.05, "id_reuse": 0.05}))
    life.live(400)
    life.settle()
    assert difference(life.held(), life.world.truth()) == NOTHING
    lost = SourceDocument.objects.filter(kind="order").exclude(gone_at=None)
    assert set(Order.objects.filter(pk__in=lost.values("group")).values_list("state", flat=True)) == {"cancelled"}
    assert list(laws.verify()) == []
