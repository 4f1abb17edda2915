"""Same bytes: whatever has happened, the hub that followed each change equals the one made from the whole store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ordertrail.hub.folder import Folder
from ordertrail.hub.tests.world import World, make_company
from ordertrail.records.shapes import Record

REFRESHES_A_ROUND = 4


def same_after_each_round(seed: int, rounds: int, bring_up: Callable[..., Any], beside: Path) -> None:
    world = World(seed, make_company())
    told = []
    bring_up()
    for _ in range(rounds):
        for _ in range(REFRESHES_A_ROUND):
            told += [world.step(), world.step()]
            assert bring_up()["how"] in ("changes", "nothing")
        bring_up("rebuild", beside)
        followed, made = bring_up("fingerprint"), bring_up("fingerprint", beside)
        differing = [name for name in made if followed[name] != made[name]]
        assert differing == [], f"seed {seed} after {told}"


@pytest.mark.slow
@pytest.mark.store
@pytest.mark.parametrize("seed", range(2))
def test_following_each_change_gives_the_hub_that_a_rebuild_gives(
    seed: int, hub: Folder, bring_up: Callable[..., Any], tmp_path: Path
) -> None:
    same_after_each_round(seed, 4, bring_up, tmp_path / "hub")


@pytest.mark.full("hub")
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_histories(seed: int, hub: Folder, bring_up: Callable[..., Any], tmp_path: Path) -> None:
    same_after_each_round(seed, 12, bring_up, tmp_path / "hub")


def test_another_order_of_arrival_gives_the_same_hub(hub: Folder, bring_up: Callable[..., Any], tmp_path: Path) -> None:
    """Surrogate keys differ, so the prints say nothing of them."""
    from django.core.management import call_command

    from ordertrail.desk.tests.test_mirror import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X
    from ordertrail.hub.tests.world import say

    told: list[tuple[str, Record]] = [
        ("oms", OMS_X),
        ("wms", WMS_X),
        ("wms", WMS_SHIPS_6),
        ("erp", ERP_BILLS_10),
        ("mes", MES_MADE_8),
    ]
    by = make_company()
    for code, record in told:
        say(by[code], record)
    bring_up()
    first = bring_up("fingerprint")
    call_command("flush", interactive=False, verbosity=0)
    by = make_company()
    for code, record in reversed(told):
        say(by[code], record)
    bring_up("rebuild", tmp_path / "hub")
    assert bring_up("fingerprint", tmp_path / "hub") == first
