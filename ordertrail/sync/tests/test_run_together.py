"""Several processes at once: sources that share orders, and people who write beside a big sync."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ordertrail.cli.tests.company import PASSWORD, new_company
from ordertrail.sync.tests.shop import Shop

ORDERS = 200
SHIPMENTS: dict[str, Any] = {
    "kind": "shipment",
    "from": "SELECT id, no, changed FROM orders",
    "key": "id",
    "version": "changed",
    "cursor": "changed",
    "lines": {"from": "lines", "parent": "order_id", "key": "pos"},
    "fields": {"number": "no", "shipped_at": "changed"},
    "line_fields": {"sku": "sku", "qty": "qty", "order": "price"},
}
INVOICES: dict[str, Any] = {
    "kind": "invoice",
    "from": "SELECT id, no, changed FROM orders",
    "key": "id",
    "version": "changed",
    "cursor": "changed",
    "lines": {"from": "lines", "parent": "order_id", "key": "pos"},
    "fields": {"number": {"column": "no", "regex": "(.*)"}, "invoice_date": "changed", "currency": {"value": "CNY"}},
    "line_fields": {"sku": "sku", "qty": "qty", "order": {"column": "price"}},
}


@dataclass
class Company:
    """A company in a data folder of its own, worked on by processes of ours only."""

    folder: Path
    database: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a process; ``words`` are a command of ours, or behind ``beside`` what that module does."""
        env = {**os.environ, "ORDERTRAIL_HOME": str(self.home), "ORDERTRAIL_DATABASE_URL": self.database}
        command = (
            ["-m", "ordertrail.sync.tests.beside", words[1], str(self.home), *words[2:]]
            if words[0] == "beside"
            else ["-m", "ordertrail", *words, "--home", str(self.home)]
        )
        return subprocess.Popen(
            [sys.executable, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *words: str) -> str:
        """Run a process to its end, which must be a good one; gives what it printed."""
        return self.ended(self.start(*words))

    @staticmethod
    def ended(process: subprocess.Popen[str]) -> str:
        out, wrong = process.communicate(timeout=300)
        assert process.returncode == 0, wrong[-3_000:]
        return out

    def made(self) -> None:
        """Make the company, without any system; on a server of its own by the command, for there is nothing to copy."""
        self.folder.mkdir()
        if not self.database:
            new_company(self.home, tax_rate="0")
            return
        (self.folder / "password").write_text(PASSWORD, "utf-8")
        self.run("init", "--company", "Both", "--currency", "CNY", "--user", "dana", "--password-file",
                 str(self.folder / "password"), "--tax-rate", "0")  # fmt: skip

    def found(self) -> None:
        """Make the company and declare its four systems, which share their orders."""
        self.made()
        files = {shop.code: self.folder / f"{shop.code}.json" for shop in self.shops()}
        for shop in self.shops():
            files[shop.code].write_text(json.dumps(shop.setting()), "utf-8")
        self.run("source", "declare", *map(str, files.values()))

    def shops(self) -> list[Shop]:
        wms, erp = self.folder / "wms.sqlite3", self.folder / "erp.sqlite3"
        return [
            Shop(self.folder / "oms.sqlite3", "oms"),
            Shop(self.folder / "crm.sqlite3", "crm", trust={"order_rank": 5}),
            Shop(wms, "wms", SHIPMENTS, {"order_rank": 50, "goods_rank": 1, "goods_scope": "all"}),
            Shop(erp, "erp", INVOICES, {"order_rank": 50, "invoice_rank": 1, "invoice_scope": "all"}),
        ]

    def write(self, orders: Sequence[int], day: str, qty: int) -> None:
        """What the four systems say of these orders on a day: ``qty`` ordered, one less sent, one more billed."""
        oms, crm, wms, erp = self.shops()
        when = {"changed": f"{day} 08:00:00", "buyer": "远帆"}
        oms.put_all((str(n), f"SO-{n}", when | {"lines": [("LAMP", str(qty), "10.00")]}) for n in orders)
        crm.put_all((f"C{n}", f"CT-{n}", when | {"also": f"SO-{n}", "lines": []}) for n in orders)
        # A shipment and an invoice are each of three orders, so that every two of their batches meet in some.
        for shop, more, prefix in ((wms, -1, "SH"), (erp, 1, "INV")):
            shop.put_all(
                (str(n), f"{prefix}-{n}", when | {"lines": [("LAMP", str(qty + more), f"SO-{o}") for o in some]})
                for n in orders
                if n % 3 == 0
                for some in [[o for o in (n, n + 1, n + 2) if o in orders]]
            )

    def sync(self, *, together: bool) -> None:
        """Read all four, one after the other or all at once."""
        if not together:
            self.run("sync")
            return
        for process in [self.start("sync", shop.code) for shop in self.shops()]:
            self.ended(process)

    def rows(self) -> list[str]:
        return self.run("beside", "rows").splitlines()


def lived(folder: Path, database: str, *, together: bool) -> list[str]:
    company = Company(folder, database)
    company.found()
    company.write(range(ORDERS), "2026-09-01", 10)
    company.sync(together=together)
    company.write(range(0, ORDERS, 2), "2026-09-05", 12)  # and again, when nothing is a first load any more
    company.write(range(ORDERS, ORDERS + 50), "2026-09-05", 5)
    company.sync(together=together)
    return company.rows()


@pytest.fixture(scope="session")
def serial(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The rows of a run one after the other (15 s): those who ask for them stand in one group, so that they are made once."""
    return lived(tmp_path_factory.mktemp("serial") / "company", "", together=False)


def compared(rows: list[str], serial: list[str]) -> None:
    assert rows[-2:] == ["Untold []", "Broken []"]
    assert sum(row.startswith("('OrderStatus'") for row in rows) == ORDERS + 50
    assert sorted(rows) == sorted(serial)


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.xdist_group("postgres")
def test_four_processes_on_sqlite_give_the_rows_of_one(tmp_path: Path, serial: list[str]) -> None:
    compared(lived(tmp_path / "together", "", together=True), serial)


@pytest.mark.slow
def test_four_processes_on_postgresql_give_the_rows_of_one(
    tmp_path: Path, serial: list[str], postgres_url: str
) -> None:
    compared(lived(tmp_path / "together", postgres_url, together=True), serial)


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full("sync"))])
def test_who_writes_beside_a_big_sync_gets_a_turn_as_often_as_the_next(
    tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    company = Company(tmp_path / store, request.getfixturevalue("postgres_url") if store == "postgresql" else "")
    company.found()
    company.write(range(ORDERS), "2026-09-01", 10)
    company.run("sync")
    company.write(range(8 * ORDERS), "2026-09-05", 12)
    people = [company.start("beside", what) for what in ("comment", "comment", "session", "session")]
    company.run("sync")
    (company.home / "enough").touch()
    waits = [json.loads(company.ended(one)) for one in people]
    assert min(map(len, waits)) >= 20, "the sync was over too soon to prove anything"
    assert max(map(len, waits)) <= 5 * min(map(len, waits))  # nobody is starved
