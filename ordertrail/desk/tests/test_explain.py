"""Explain: every amount of an order with its currency, who is believed for it, and parts that sum to it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ordertrail.cli import checking, progress
from ordertrail.cli.app import app
from ordertrail.desk.explain import FIGURES, explain
from ordertrail.findings.tests.company import ERP_BILLS_10, MES_MADE_8, OMS_X, WMS_SHIPS_6, WMS_X, company, say
from ordertrail.records.shapes import AllocationRecord, PaymentRecord

D = Decimal
NUMBER = "SO-2609-0027"
PAID_500 = PaymentRecord(
    "P1",
    "PAY-1",
    D(500),
    paid_at=date(2026, 9, 15),
    currency="CNY",
    allocations=(AllocationRecord(D(500), invoice="INV-2609-0024"),),
)


@pytest.fixture
def told(db: None) -> None:
    by = company()
    for code, record in (
        ("oms", OMS_X), ("wms", WMS_X), ("wms", WMS_SHIPS_6), ("erp", ERP_BILLS_10), ("bank", PAID_500), ("mes", MES_MADE_8),
    ):  # fmt: skip
        say(by[code], record)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("figure", "value", "currency", "source", "parts"),
    [
        ("ordered", "1356", "CNY", "oms", [(f"{NUMBER}/1", "1356")]),
        ("effective", "1356", "CNY", "oms, wms", [("shipped", "813.60"), ("still to come", "542.40")]),
        ("shipped", "813.60", "CNY", "wms", [("SH-2609-0029", "720"), ("tax", "93.60")]),
        ("shipped_qty", "6", "", "wms", [("SH-2609-0029", "6")]),
        ("invoiced", "1356", "CNY", "erp", [("INV-2609-0024", "1356")]),
        (
            "not_invoiced",
            "0",
            "CNY",
            "oms, wms, erp",
            [("effective", "1356"), ("invoiced", "-1356"), ("rounding_difference", "0")],
        ),
        ("rounding_difference", "0", "CNY", "oms, erp", [("invoiced", "1356"), ("at the order's prices", "-1356")]),
        ("paid", "500", "CNY", "bank", [("PAY-1", "500")]),
        ("deposit", "0", "CNY", "bank", []),
        ("written_off", "0", "CNY", "bank", []),
        ("open_receivable", "856", "CNY", "erp, bank", [("invoiced", "1356"), ("paid", "-500"), ("written_off", "0")]),
        ("finished_qty", "8", "", "mes", [("WO-2609-0044", "8")]),
    ],
)
def test_an_amount_is_told_with_its_currency_its_source_and_its_parts(
    figure: str, value: str, currency: str, source: str, parts: list[tuple[str, str]]
) -> None:
    found = explain(NUMBER, figure)
    assert (found.value, found.currency, found.source) == (D(value), currency, source)
    assert [(part.number, part.value) for part in found.parts if part.counts] == [(name, D(of)) for name, of in parts]
    assert found.as_of.startswith("2026-09-16T")


@pytest.mark.usefixtures("told")
def test_what_counts_sums_to_every_figure() -> None:
    for figure in FIGURES:
        found = explain(NUMBER, figure)
        counted = sum((part.value for part in found.parts if part.counts), D(0))
        assert counted == found.value, asdict(found)


@pytest.mark.usefixtures("told")
def test_the_command_names_currency_source_and_as_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "use_home", lambda home: None)
    monkeypatch.setattr(progress.screen, "width", 300)
    said = CliRunner().invoke(app, ["explain", NUMBER, "open_receivable", "--home", str(tmp_path)])
    assert said.exit_code == 0
    assert f"{NUMBER} open_receivable = 856 CNY · as erp, bank says · as of 2026-09-16T" in said.output
