"""The chaos source: whatever its faults, a plain reader that follows the rules of the sync ends up with the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.records.shapes import OrderRecord
from ordertrail.sync.connectors.base import RawDocument
from ordertrail.sync.connectors.chaos import STREAM, WORLDS, Connector
from ordertrail.sync.connectors.chaos_world import FAULTS, ChaosWorld
from ordertrail.sync.mapping import Stream, to_record

UTC = ZoneInfo("UTC")
ALL = dict.fromkeys(FAULTS, 0.05) | {"delete": 0.08, "undelete": 0.04, "id_reuse": 0.04, "busy": 0.1, "drift": 0.2}


@dataclass
class Reader:
    """The least that a sync does: version guard, cursor with the documents, two sweeps for a loss, and unknown refs asked for."""

    world: ChaosWorld
    known: dict[str, tuple[str, OrderRecord]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    cursor: str | None = None
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        WORLDS["test"] = self.world
        self.connector = Connector({"world": "test"}, {}, UTC)
        self.stream = Stream.from_json(STREAM)

    def run(self) -> None:
        """Read what changed; a run that fails leaves what it has, and the cursor where it was true."""
        try:
            for landing in self.connector.fetch(self.stream, self.cursor):
                for document in self.connector.read(self.stream, landing):
                    assert isinstance(document, RawDocument)
                    self._take(document)
                self.cursor = landing.cursor or self.cursor
        except Refused as refused:
            self.failed.append(refused.code)

    def _take(self, document: RawDocument) -> None:
        record = to_record(self.stream, document, UTC)
        assert isinstance(record, OrderRecord)
        before = self.known.get(document.ref)
        if before is None or document.version >= before[0]:
            self.known[document.ref] = (document.version, record)
        self.gone.discard(document.ref)

    def sweep(self) -> None:
        """Compare the refs; one that two sweeps miss is gone, one that we never saw or that is back makes us read anew."""
        refs = set(self.connector.keys(self.stream) or ())
        missing = self.known.keys() - refs
        self.gone |= missing & self.missed
        self.missed = missing
        if refs - self.known.keys():
            self.cursor = None
        self.gone -= refs

    def holds(self) -> dict[str, Any]:
        """What the reader believes, in the words of the world's truth."""
        there = {ref: record for ref, (_version, record) in self.known.items() if ref not in self.gone}
        return {
            ref: (
                record.number,
                record.customer_name,
                {"confirmed": "open", "cancelled": "void"}[record.state],
                tuple((int(line.ref), line.sku, int(line.qty), f"{line.price:.2f}") for line in record.lines),
            )
            for ref, record in there.items()
        }


def lived(world: ChaosWorld, changes: int) -> Reader:
    """A reader that ran now and then while the world changed, and at the end until all was quiet."""
    reader = Reader(world)
    while world.changes < changes:
        for _at in range(25):
            world.step()
        reader.run()
    world.settle()
    for _at in range(3):
        reader.run()
        reader.sweep()
    reader.run()
    return reader


def test_a_world_without_faults_is_read_as_it_is() -> None:
    world = ChaosWorld(1, {"delete": 0.1})
    reader = lived(world, 300)
    assert reader.holds() == world.truth()
    assert reader.failed == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("undelete", "id_reuse")])
def test_one_fault_at_a_time_loses_nothing(fault: str) -> None:
    world = ChaosWorld(7, {fault: 0.15})
    reader = lived(world, 250)
    assert world.struck[fault] > 0
    assert reader.holds() == world.truth()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_all_faults_at_once_lose_nothing(seed: int) -> None:
    world = ChaosWorld(seed, ALL)
    reader = lived(world, 1_000)
    assert [fault for fault, count in world.struck.items() if not count] == []
    assert reader.holds() == world.truth()


@pytest.mark.full("chaos")
def test_ten_thousand_changes_with_all_faults_lose_nothing() -> None:
    world = ChaosWorld(11, ALL)
    assert lived(world, 10_000).holds() == world.truth()


def test_the_same_seed_and_faults_give_the_same_company() -> None:
    one, other = ChaosWorld(5, ALL), ChaosWorld(5, ALL)
    assert [one.step() for _at in range(200)] == [other.step() for _at in range(200)]
    assert one.truth() == other.truth()


def test_a_fault_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="there is no fault called rain"):
        ChaosWorld(1, {"rain": 1})
