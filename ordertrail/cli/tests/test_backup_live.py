"""A backup taken while people write and sources are read: it restores to a whole company of one moment."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ordertrail.cli import keeping
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.sync.tests.test_run_together import Company

ORDERS = 150
COUNTED = ("orders_order", "orders_orderline", "shipping_shipment", "billing_invoice", "records_sourceversion", "records_batch",
           "desk_comment")  # fmt: skip


def counts(home: Path) -> dict[str, int]:
    """How many rows there are of what is never taken away."""
    with sqlite3.connect(f"file:{home / 'db.sqlite3'}?mode=ro", uri=True) as store:
        return {name: int(store.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]) for name in COUNTED}


@pytest.mark.full("backup")
@pytest.mark.sqlite
def test_a_backup_taken_under_load_restores_to_a_store_where_every_law_holds(tmp_path: Path) -> None:
    company = Company(tmp_path / "company")
    company.found()
    company.write(range(ORDERS), "2026-09-01", 10)
    company.run("sync")
    company.write(range(3 * ORDERS), "2026-09-05", 12)
    busy = [company.start("beside", "comment"), *(company.start("sync", shop.code) for shop in company.shops())]
    before = counts(company.home)
    while counts(company.home)["orders_order"] == before["orders_order"]:
        time.sleep(0.02)
    before = counts(company.home)
    company.run("backup", str(tmp_path / "orders.tar.gz"))
    after = counts(company.home)
    (company.home / "enough").touch()
    for one in busy:
        company.ended(one)
    whole = counts(company.home)
    assert before["desk_comment"] < after["desk_comment"], "nobody wrote beside the backup: this test says nothing"

    other = Company(tmp_path / "other")
    other.run("restore", str(tmp_path / "orders.tar.gz"))
    restored = counts(other.home)
    assert {name: (before[name] <= restored[name] <= after[name]) for name in COUNTED} == dict.fromkeys(COUNTED, True)
    assert json.loads(other.run("verify", "--json")) == {"broken": []}
    other.run("doctor")  # every landed file that the store speaks of is there and whole
    assert counts(other.home) == restored
    other.run("sync")  # goes on where the backup stood, to what the company came to
    other.run(
        "replay", "--check"
    )  # not before: a batch that was landed whole may have been half written at that moment
    assert sorted(other.rows()) == sorted(company.rows())
    # Comments were written on; and a reading that was cut off by the backup is begun again, in a batch of its own.
    differing = dict.fromkeys(("desk_comment", "records_batch"), 0)
    assert counts(other.home) | differing == whole | differing


def test_what_is_being_landed_while_the_backup_is_made_is_left_out(tmp_path: Path) -> None:
    landed = tmp_path / "landed" / "oms" / "2026-09"
    landed.mkdir(parents=True)
    for name in (
        "company.json",
        "key",
        "landed/oms/2026-09/ab.gz",
        "landed/oms/2026-09/cd.4711",
        "db.sqlite3",
        "hub.lock",
    ):
        (tmp_path / name).touch()
    found = keeping._kept(tmp_path)
    assert next(found) == tmp_path / "company.json"
    assert next(found) == tmp_path / "key"
    (landed / "cd.4711").rename(landed / "cd.gz")  # whole now
    assert [path.name for path in found] == ["ab.gz", "cd.gz"]
    (landed / "ef.4711").touch()
    names = []
    for path in keeping._kept(tmp_path):
        (landed / "ef.4711").unlink(missing_ok=True)  # it may go at any moment
        assert path.exists()
        names.append(path.name)
    assert names == ["company.json", "key", "ab.gz", "cd.gz"]
