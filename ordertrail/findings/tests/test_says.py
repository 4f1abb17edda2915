"""Who says what of order X (scenario E19), cell by cell, and on random companies: the believed cell is the agreed value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ordertrail.findings.claims import FactRow
from ordertrail.findings.says import says
from ordertrail.findings.tests.company import MES_MADE_8, OMS_X, WMS_SHIPS_4, WMS_SHIPS_6, D, e19, say, source, x_id
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source
from ordertrail.records.shapes import AllocationRecord, PaymentRecord, Same, ShipmentLineRecord

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


def test_a_source_that_speaks_of_every_order_is_still_heard_by_its_bare_figure(db: None) -> None:
    oms = source("oms", 1, goods_scope="all")
    say(oms, OMS_X)
    assert OrderStatus.objects.get().shipped_qty == D(10)
    assert cells(rows_of(x_id())["shipped"]) == {"oms": D(10)}
    say(oms, replace(OMS_X, shipped=""))
    assert OrderStatus.objects.get().shipped_qty == D(0)
    assert rows_of(x_id())["shipped"].claims[0].silent


def test_the_cashier_books_more_than_the_bank_has(db: None) -> None:
    by = e19()
    booked = PaymentRecord(
        "P1", "PAY-1", D(1356), currency="CNY", same_as=(Same("B-1", "bank"),),
        allocations=(AllocationRecord(D(1356), "INV-2609-0024"),),
    )  # fmt: skip
    say(by["erp"], booked)
    say(by["bank"], PaymentRecord("B-1", "B-1", D(1311), currency="CNY", reference="INV-2609-0024"))
    paid = rows_of(x_id())["paid"]
    assert OrderStatus.objects.get().paid == D(1311)
    assert cells(paid) == {"erp": D(1356), "bank": D(1311)}
    assert (paid.agreed, paid.agrees, paid.gap, paid.money) == (D(1311), False, D(45), D(45))


def test_a_document_that_two_systems_have_counts_once_and_each_says_its_own(db: None) -> None:
    by = e19()
    note = replace(WMS_SHIPS_6, ref="D1", number="DN-9", same_as=(Same("SH-2609-0029", "wms"),), lines=(
        ShipmentLineRecord("1", "HL-BL24", D(7), order="SO-2609-0027"),
    ))  # fmt: skip
    say(by["erp"], note)
    shipped = rows_of(x_id())["shipped"]
    assert cells(shipped) == {"oms": D(10), "erp": D(7), "wms": D(6)}
    assert (shipped.agreed, shipped.against and shipped.against.source) == (D(6), by["oms"].pk)


def test_a_delivery_note_that_comes_a_day_later_contradicts_nothing(db: None) -> None:
    by = e19()
    note = replace(WMS_SHIPS_6, ref="D1", number="DN-9", same_as=(Same("SH-2609-0029", "wms"),), lines=(
        ShipmentLineRecord("1", "HL-BL24", D(6), order="SO-2609-0027"),
    ))  # fmt: skip
    say(by["erp"], note)
    say(by["wms"], WMS_SHIPS_4)
    shipped = rows_of(x_id())["shipped"]
    assert cells(shipped) == {"oms": D(10), "erp": D(6), "wms": D(10)}
    assert shipped.agrees  # the ERP speaks of the papers that it has, and those it has right
