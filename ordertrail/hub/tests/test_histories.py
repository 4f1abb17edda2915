"""Same bytes: whatever has happened, the hub that followed each change equals the one made from the whole store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ordertrail.hub.folder import Folder
from ordertrail.hub.tests.world import D, World, make_company, say
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

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
def test_following_each_change_gives_the_hub_that_a_rebuild_gives(
    hub: Folder, bring_up: Callable[..., Any], tmp_path: Path
) -> None:
    same_after_each_round(1, 4, bring_up, tmp_path / "hub")


@pytest.mark.full("hub")
@pytest.mark.parametrize("seed", range(100, 160))
def test_many_histories(seed: int, hub: Folder, bring_up: Callable[..., Any], tmp_path: Path) -> None:
    same_after_each_round(seed, 12, bring_up, tmp_path / "hub")


@pytest.mark.slow
def test_a_paper_that_takes_another_one_s_place_is_followed(
    hub: Folder, bring_up: Callable[..., Any], tmp_path: Path
) -> None:
    """What one system has told stays as it is, and stops counting, when one that is believed before it speaks."""
    by = make_company()
    line = OrderLineRecord("1", "LAMP", D(10), price=D(100), tax_rate=D("0.13"))
    order = OrderRecord("17", "SO-1", currency="CNY", shipped="all", invoiced=D(1130), paid=D(500), lines=(line,))
    shipped = ShipmentLineRecord("1", "LAMP", D(4), order="SO-1")
    billed = InvoiceLineRecord("1", "SO-1", sku="LAMP", qty=D(4), net=D(400))
    paid = AllocationRecord(D(200), "INV-1")
    day = date(2026, 9, 14)
    story: list[tuple[str, Record]] = [
        ("oms", order),
        ("erp", WorkOrderRecord("M2", "WO-ERP", "LAMP", D(10), D(9), order="SO-1", start_at=date(2026, 9, 1))),
        ("erp", ShipmentRecord("S2", "SH-ERP", shipped_at=day, lines=(replace(shipped, qty=D(5)),))),
        ("wms", ShipmentRecord("S1", "SH-1", shipped_at=day, lines=(shipped,))),
        ("erp", InvoiceRecord("I1", "INV-1", invoice_date=day, currency="CNY", lines=(billed,))),
        ("erp", PaymentRecord("P1", "PAY-1", D(200), paid_at=day, currency="CNY", allocations=(paid,))),
        ("bank", PaymentRecord("B1", "BANK-1", D(150), paid_at=day, currency="CNY", reference="INV-1")),
        ("mes", WorkOrderRecord("M1", "WO-1", "LAMP", D(10), D(3), order="SO-1", start_at=day)),
    ]
    bring_up()
    for code, record in story:
        say(by[code], record)
        bring_up()
        bring_up("rebuild", tmp_path / "hub")
        followed, made = bring_up("fingerprint"), bring_up("fingerprint", tmp_path / "hub")
        assert [name for name in made if followed[name] != made[name]] == [], f"after {record.number} of {code}"


@pytest.mark.slow
@pytest.mark.store
def test_another_order_of_arrival_gives_the_same_hub(hub: Folder, bring_up: Callable[..., Any], tmp_path: Path) -> None:
    """Surrogate keys differ, so the prints say nothing of them."""
    from django.core.management import call_command

    from ordertrail.findings.tests.company import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X

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
