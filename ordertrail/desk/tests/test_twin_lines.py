"""An order with two lines of one SKU, and papers that name no line: each piece is placed by its price, else by what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from ordertrail.billing.models import InvoiceLine
from ordertrail.desk.laws import verify
from ordertrail.desk.link import link, unlink
from ordertrail.desk.tests import worlds
from ordertrail.desk.tests.test_mirror import status_of
from ordertrail.findings.tests.company import company, say
from ordertrail.parties.models import Person
from ordertrail.records.models import Source, SourceDocument
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
)
from ordertrail.shipping.models import ShipmentLine

D = Decimal
pytestmark = pytest.mark.django_db

THREE = OrderLineRecord("1", "P1", D(3), price=D(100), tax_rate=D("0.13"))
FIVE = OrderLineRecord("2", "P1", D(5), price=D(90), tax_rate=D("0.13"))
ORDER = OrderRecord("T1", "TW-1", order_date=date(2026, 9, 1), currency="CNY", lines=(THREE, FIVE))


def shipped(number: str, day: int, *pieces: tuple[int, str]) -> ShipmentRecord:
    lines = tuple(
        ShipmentLineRecord(str(n), "P1", D(qty), order="TW-1", order_line=ref) for n, (qty, ref) in enumerate(pieces, 1)
    )
    return ShipmentRecord(number, number, shipped_at=date(2026, 9, day), lines=lines)


def billed(number: str, day: int, qty: int, net: str, *, kind: str = "invoice") -> InvoiceRecord:
    line = InvoiceLineRecord("1", "TW-1", sku="P1", qty=D(qty), net=D(net), tax_rate=D("0.13"))
    return InvoiceRecord(number, number, type=kind, invoice_date=date(2026, 9, day), currency="CNY", lines=(line,))


def sent_by_line() -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in ShipmentLine.objects.filter(counts=True).select_related("order_line"):
        assert row.order_line is not None
        found[row.order_line.line] = found.get(row.order_line.line, D(0)) + row.qty
    return found


def tell(by: dict[str, Source], *records: Record) -> None:
    home = {"order": "oms", "shipment": "wms", "invoice": "erp", "payment": "bank"}
    for record in records:
        say(by[home[record.kind]], record)


@pytest.mark.parametrize(
    "papers",
    [
        (shipped("S1", 5, (3, "")), shipped("S2", 8, (5, ""))),
        (shipped("S1", 5, (5, "")), shipped("S2", 8, (3, ""))),
        (shipped("S1", 5, (3, ""), (5, "")),),
        (shipped("S1", 5, (8, "")),),
        (shipped("S1", 5, (2, ""), (1, ""), (5, "")),),
        (shipped("S1", 5, (3, "")), shipped("S2", 8, (5, "1"), (0, ""))),
    ],
    ids=["3 then 5", "5 then 3", "3 and 5", "8 at once", "cartons 2, 1, 5", "a named line is over"],
)
def test_what_left_fills_the_lines_in_turn(papers: tuple[ShipmentRecord, ...]) -> None:
    by = company()
    tell(by, ORDER, *papers)
    status = status_of("TW-1")
    if any(line.order_line for paper in papers for line in paper.lines):
        assert (sent_by_line(), status.to_ship_qty, status.delivery) == ({1: D(5), 2: D(3)}, D(2), "partially")
        return
    assert sent_by_line() == {1: D(3), 2: D(5)}
    assert (status.shipped_qty, status.to_ship_qty, status.delivery) == (D(8), D(0), "done")
    assert (status.effective, status.shipped) == (D("847.50"), D("847.50"))


def test_two_bills_at_their_own_prices_are_paid_and_the_order_is_done() -> None:
    by = company()
    paid = PaymentRecord(
        "P1", "P1", D("847.50"), paid_at=date(2026, 9, 15), currency="CNY",
        allocations=(AllocationRecord(D("508.50"), invoice="I1"), AllocationRecord(D("339.00"), invoice="I2")),
    )  # fmt: skip
    tell(by, ORDER, shipped("S1", 5, (8, "")), billed("I1", 9, 5, "450.00"), billed("I2", 10, 3, "300.00"), paid)
    status = status_of("TW-1")
    assert (status.invoiced_qty, status.invoiced, status.rounding_difference) == (D(8), D("847.50"), D(0))
    assert (status.not_invoiced, status.open_receivable, status.invoicing, status.status) == (
        D(0),
        D(0),
        "fully",
        "done",
    )
    assert {(row.invoice.number, row.order_line.line) for row in InvoiceLine.objects.all() if row.order_line} == {
        ("I1", 2), ("I2", 1),
    }  # fmt: skip


def test_one_bill_for_both_lines_is_divided_by_what_they_are_worth() -> None:
    by = company()
    tell(by, ORDER, billed("I1", 9, 8, "750.00"))
    told = [(row.line, row.order_line.line, row.qty, row.net, row.gross) for row in InvoiceLine.objects.order_by("pk")]  # type: ignore[union-attr]
    assert told == [(1, 1, D(3), D(300), D(339)), (2, 2, D(5), D(450), D("508.50"))]
    status = status_of("TW-1")
    assert (status.invoiced, status.rounding_difference, status.not_invoiced) == (D("847.50"), D(0), D(0))


def test_what_was_credited_may_be_billed_again_and_what_came_back_opens_no_line() -> None:
    by = company()
    tell(by, ORDER, shipped("S1", 5, (8, "")), replace(shipped("S2", 7, (2, "")), direction="in"))
    tell(
        by,
        billed("I1", 9, 8, "750.00"),
        billed("C1", 10, 3, "240.00", kind="credit_note"),
        billed("I2", 11, 3, "240.00"),
    )
    status = status_of("TW-1")
    assert (status.shipped_qty, status.to_ship_qty, sent_by_line()) == (D(8), D(0), {1: D(1), 2: D(5)})
    by_line: dict[int, Decimal] = {}
    for row in InvoiceLine.objects.select_related("order_line"):
        by_line[row.order_line.line] = by_line.get(row.order_line.line, D(0)) + (row.qty or 0)  # type: ignore[union-attr]
    assert by_line == {1: D(3), 2: D(5)}


PAPERS: tuple[Record, ...] = (
    ORDER, shipped("S1", 5, (2, "")), shipped("S2", 8, (4, "")), shipped("S3", 9, (2, "2")), billed("I1", 9, 8, "750.00"),
)  # fmt: skip


@pytest.mark.parametrize("turned", list(permutations(PAPERS))[::17], ids=lambda turned: " ".join(r.ref for r in turned))
def test_the_place_does_not_hang_on_who_came_first(turned: tuple[Record, ...]) -> None:
    tell(company(), *turned)
    went = ShipmentLine.objects.order_by("shipment__number", "line")
    told = went.values_list("shipment__number", "line", "order_line__line", "qty", "counts")
    assert list(told) == [
        ("S1", 1, 1, D(2), True), ("S2", 1, 1, D(1), True), ("S2", 2, 2, D(3), True), ("S3", 1, 2, D(2), True),
    ]  # fmt: skip
    bills = InvoiceLine.objects.order_by("line").values_list("line", "order_line__line", "qty", "net")
    assert list(bills) == [(1, 1, D(3), D(300)), (2, 2, D(5), D(450))]
    assert list(verify()) == []


def test_parting_what_was_linked_places_every_paper_again() -> None:
    tell(company(), ORDER, shipped("S1", 5, (2, "")), shipped("S2", 8, (2, "")), shipped("S3", 9, (4, "")))
    before = list(worlds.rows())
    one, two = (SourceDocument.objects.get(kind="shipment", ref=ref).pk for ref in ("S1", "S2"))
    made = link(Person.objects.create_person("dana", "", "manager"), one, two)
    assert sent_by_line() == {1: D(3), 2: D(3)}  # one paper of two now: the last one follows
    unlink(Person.objects.get(username="dana"), made)
    assert list(worlds.rows()) == before


def test_a_correction_of_the_order_places_every_paper_again() -> None:
    by = company()
    tell(by, ORDER, shipped("S1", 5, (5, "")))
    assert sent_by_line() == {1: D(3), 2: D(2)}
    tell(by, replace(ORDER, lines=(replace(THREE, cancelled_qty=D(3)), FIVE)))
    assert sent_by_line() == {2: D(5)}
    assert status_of("TW-1").to_ship_qty == 0
