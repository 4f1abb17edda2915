"""Random companies: for every order and fact, the cell of the source that is believed is the figure in ``OrderStatus``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordertrail.findings.claims import FAMILY, IN_MONEY
from ordertrail.findings.says import says
from ordertrail.findings.tests.company import D, e19, say, source, x_id
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source, SourceDocument, SourceVersion
from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

SKUS = ("LAMP", "CABLE", "HORN")
SCOPES = ("", "documents", "orders", "all")
CODES = ("one", "two", "three")
NUMBERS = ("SO-1", "SO-2")

qtys = st.integers(0, 6).map(Decimal)
days = st.one_of(st.none(), st.integers(1, 28).map(lambda day: date(2026, 9, day)))


@st.composite
def sources(draw: Any) -> dict[str, dict[str, object]]:
    """How each of three sources is believed and what its silence means."""
    families = ("goods", "invoice", "money", "production")
    return {
        code: {f"{family}_rank": draw(st.integers(1, 3)) for family in (*families, "order")}
        | {f"{family}_scope": draw(st.sampled_from(SCOPES)) for family in families}
        for code in CODES
    }


def order_lines(draw: Any) -> tuple[OrderLineRecord, ...]:
    return tuple(
        OrderLineRecord(
            str(place), sku, draw(qtys), price=draw(st.integers(1, 9).map(lambda units: Decimal(units * 333) / 100)),
            tax_rate=draw(st.sampled_from((D("0.13"), D("0.06")))), promised_date=draw(days),
            shipped_qty=draw(st.one_of(st.none(), qtys)), invoiced_qty=draw(st.one_of(st.none(), qtys)),
        )
        for place, sku in enumerate(draw(st.lists(st.sampled_from(SKUS), max_size=3)), 1)
    )  # fmt: skip


@st.composite
def documents(draw: Any) -> tuple[str, Record]:
    """One document of one source, about one or two orders."""
    code, kind = (
        draw(st.sampled_from(CODES)),
        draw(st.sampled_from(("order", "shipment", "invoice", "payment", "work"))),
    )
    other = draw(st.sampled_from(CODES))
    no = draw(st.integers(1, 3))
    state = draw(st.sampled_from(("draft", "done", "cancelled")))
    twin = (Same(f"{kind[:2].upper()}-{other}-{no}", other),) if draw(st.booleans()) and other != code else ()
    number = f"{kind[:2].upper()}-{code}-{no}"
    names = draw(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2))
    if kind == "order":
        own = draw(st.sampled_from(NUMBERS))
        return code, OrderRecord(
            f"{code}{own}", f"{own}/{code}", state=draw(st.sampled_from(("confirmed", "closed", "cancelled"))),
            other_numbers=(own,), same_as=tuple(Same(own, name) for name in CODES if name != code), currency="CNY",
            promised_date=draw(days), shipped=draw(st.sampled_from(("", "all", "none"))),
            paid=draw(st.one_of(st.none(), qtys)), lines=order_lines(draw),
        )  # fmt: skip
    lines = [(str(place), name, draw(st.sampled_from(SKUS)), draw(qtys)) for place, name in enumerate(names, 1)]
    if kind == "shipment":
        return code, ShipmentRecord(
            str(no), number, state, draw(st.sampled_from(("out", "in"))), same_as=twin, arrived_at=draw(days),
            lines=tuple(ShipmentLineRecord(ref, sku, qty, name) for ref, name, sku, qty in lines),
        )  # fmt: skip
    if kind == "invoice":
        return code, InvoiceRecord(
            str(no), number, {"done": "posted"}.get(state, state), draw(st.sampled_from(("invoice", "credit_note"))),
            same_as=twin, currency="CNY",
            lines=tuple(InvoiceLineRecord(ref, name, sku=sku, qty=qty, net=qty * 3) for ref, name, sku, qty in lines),
        )  # fmt: skip
    if kind == "payment":
        return code, PaymentRecord(
            str(no), number, draw(qtys) + 1, state, same_as=twin, currency="CNY",
            allocations=tuple(AllocationRecord(qty, f"IN-{code}-{no}" if draw(st.booleans()) else "", name)
                              for _, name, _, qty in lines) if draw(st.booleans()) else (),
        )  # fmt: skip
    return code, WorkOrderRecord(
        str(no), number, lines[0][2], D(5), lines[0][3], {"draft": "running"}.get(state, state), same_as=twin,
        order=lines[0][1],
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources(), st.lists(documents(), min_size=1, max_size=9))
def test_the_believed_cell_is_the_agreed_figure(
    told: dict[str, dict[str, object]], said: list[tuple[str, Record]]
) -> None:
    before = transaction.savepoint()
    try:
        the_believed_cell_is_the_agreed_figure(told, said)
    finally:
        transaction.savepoint_rollback(before)


def the_believed_cell_is_the_agreed_figure(told: dict[str, dict[str, object]], said: list[tuple[str, Record]]) -> None:
    by = {code: source(code, place, **ranks) for place, (code, ranks) in enumerate(told.items())}
    for code, record in said:
        say(by[code], record)
    found = says(OrderStatus.objects.values_list("pk", flat=True))
    for status in OrderStatus.objects.select_related("order"):
        rows = {row.fact: row for row in found[status.order_id]}
        agreed = {
            "ordered": status.ordered_qty, "promised": status.promised_date, "finished": status.finished_qty,
            "shipped": status.shipped_qty, "invoiced": status.invoiced_qty, "paid": status.paid + status.deposit,
            "state": status.order.state,
        }  # fmt: skip
        for fact, row in rows.items():
            if fact in agreed:
                assert row.agreed == agreed[fact], fact
            claim = row.of(row.believed) if row.believed is not None else None
            if claim is None or (fact == "state" and claim.value == "gone"):
                assert row.agreed in (None, 0) or fact in ("state", "promised"), (fact, row)
            elif fact in IN_MONEY:
                assert claim.amount == row.agreed_amount, (fact, row)
            else:
                assert claim.value == row.agreed, (fact, row)
            if fact == "shipped" and claim is not None:
                assert claim.amount == status.shipped
            if fact in FAMILY and fact != "arrived" and claim is None:
                assert not any(row.agreed == c.value and not c.silent and c.source == row.believed for c in row.claims)


@pytest.mark.django_db
def test_a_hundred_orders_cost_as_many_queries_as_one(db: None) -> None:
    e19()
    x = x_id()
    with CaptureQueriesContext(connection) as one:
        says([x])
    by = {source.code: source for source in Source.objects.all()}
    for no in range(20):
        say(by["oms"], OrderRecord(f"n{no}", f"SO-N{no}", lines=(OrderLineRecord("1", "LAMP", D(1)),)))
        say(
            by["erp"],
            ShipmentRecord(f"s{no}", f"SH-N{no}", lines=(ShipmentLineRecord("1", "LAMP", D(1), f"SO-N{no}"),)),
        )
    every = list(OrderStatus.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as many:
        assert len(says(every)) == 21
    assert (len(one), len(many)) == (12, 12)
    assert SourceDocument.objects.count() == SourceVersion.objects.count()
