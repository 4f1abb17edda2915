"""Who says what of order X (scenario E19), cell by cell, and on random companies: the believed cell is the agreed value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ordertrail.findings.claims import FactRow
from ordertrail.findings.says import says
from ordertrail.findings.tests.company import MES_MADE_8, D, e19, say, x_id
from ordertrail.records.models import Source

pytestmark = pytest.mark.django_db


def rows_of(order: int) -> dict[str, FactRow]:
    return {row.fact: row for row in says([order])[order]}


def cells(row: FactRow) -> dict[str, object]:
    codes = dict(Source.objects.values_list("id", "code"))
    return {codes[claim.source]: claim.value for claim in row.claims}


def test_order_x_cell_by_cell(db: None) -> None:
    by = e19()
    rows = rows_of(x_id())

    assert list(rows) == ["ordered", "promised", "finished", "shipped", "invoiced", "paid", "state"]
    assert cells(rows["ordered"]) == {"oms": D(10), "wms": D(10)}
    assert (rows["ordered"].agreed, rows["ordered"].agreed_amount, rows["ordered"].agrees) == (D(10), D(1356), True)
    assert rows["ordered"].believed == by["oms"].pk

    shipped = rows["shipped"]
    assert cells(shipped) == {"oms": D(10), "wms": D(6)}
    assert (shipped.agreed, shipped.agreed_amount, shipped.believed) == (D(6), D("813.60"), by["wms"].pk)
    assert (shipped.agrees, shipped.gap, shipped.money) == (False, D(4), D("542.40"))
    assert shipped.against is not None
    assert (shipped.against.number, shipped.against.reported, shipped.against.amount) == ("SO-2609-0027", True, D(1356))
    assert shipped.claims[1].number == "SH-2609-0029"

    invoiced = rows["invoiced"]
    assert (invoiced.agreed, invoiced.agreed_amount, invoiced.agrees) == (D(10), D(1356), True)
    assert [(claim.value, claim.amount, claim.number) for claim in invoiced.claims] == [
        (D(10), D(1356), "INV-2609-0024")
    ]

    paid = rows["paid"]
    assert [(claim.value, claim.silent, claim.document) for claim in paid.claims] == [(D(0), True, 0)]
    assert (paid.agreed, paid.agrees, paid.believed) == (D(0), True, by["bank"].pk)

    assert cells(rows["finished"]) == {"mes": D(8)}
    assert rows["finished"].claims[0].number == "WO-2609-0044"
    assert rows["promised"].agreed == date(2026, 9, 21)
    assert cells(rows["state"]) == {"oms": "confirmed", "wms": "confirmed"}


def test_two_work_orders_are_summed_and_the_newest_gives_the_number(db: None) -> None:
    by = e19()
    say(by["mes"], replace(MES_MADE_8, ref="M2", number="WO-2609-0050", finished_qty=D(2), planned_qty=D(2)))
    claim = rows_of(x_id())["finished"].claims[0]
    assert (claim.value, claim.documents, claim.number) == (D(10), 2, "WO-2609-0050")
