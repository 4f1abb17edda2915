"""Random companies: for every order and fact, the cell of the source that is believed is the figure in ``OrderStatus``."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordertrail.findings.claims import FAMILY, IN_MONEY
from ordertrail.findings.says import says
from ordertrail.findings.tests.company import D, e19, say, source, x_id
from ordertrail.findings.tests.random_company import documents, sources
from ordertrail.orders.models import OrderStatus
from ordertrail.records.models import Source, SourceDocument, SourceVersion
from ordertrail.records.shapes import OrderLineRecord, OrderRecord, Record, ShipmentLineRecord, ShipmentRecord


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
