"""A call reads by a fixed number of queries, however much hangs on what it tells of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ordertrail.api.tests.calling import Program, program
from ordertrail.api.tests.company import INVOICE_2, LINE, ORDER_A, PAYMENT, e1
from ordertrail.findings.follow import follow
from ordertrail.findings.tests.company import D, say
from ordertrail.records.models import Source
from ordertrail.records.shapes import AllocationRecord, InvoiceLineRecord, ShipmentLineRecord, ShipmentRecord

pytestmark = pytest.mark.django_db

QUERIES = {
    "/orders": 6, "/orders/SO-A": 12, "/orders/SO-A/sources": 22, "/orders/SO-A/timeline": 50, "/findings": 4,
    "/customers": 3, "/customers/C7": 9, "/products": 3, "/products/LAMP": 20, "/shipments": 4, "/shipments/SH-1": 5,
    "/invoices": 5, "/invoices/INV-1": 8, "/payments": 4, "/payments/PAY-1": 8,
}  # fmt: skip
"""Calls and the most queries that they may take, the token's among them."""


def counted(who: Program, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert who.get(path).status == 200
    return len(captured)


def grow(by: dict[str, Source]) -> None:
    """Ten lines more, each shipped, billed and paid by papers of its own, and forty orders more."""
    lines = tuple(replace(LINE, ref=str(n), sku=f"LAMP-{n}" if n > 1 else "LAMP") for n in range(1, 11))
    say(
        by["oms"], replace(ORDER_A, lines=lines), *(replace(ORDER_A, ref=f"x{n}", number=f"SO-X{n}") for n in range(40))
    )
    for n in range(2, 11):
        goods = ShipmentLineRecord("1", f"LAMP-{n}", D(3), "SO-A")
        bill = InvoiceLineRecord("1", "SO-A", sku=f"LAMP-{n}", qty=D(2), net=D(200))
        money = AllocationRecord(D(50), f"INV-J{n}")
        say(by["wms"], ShipmentRecord(f"T{n}", f"SH-T{n}", shipped_at=date(2026, 9, 12), lines=(goods,)))
        say(by["erp"], replace(INVOICE_2, ref=f"J{n}", number=f"INV-J{n}", lines=(bill,)))
        paid = replace(PAYMENT, ref=f"Q{n}", number=f"BANK-Q{n}", same_as=(), amount=D(50), allocations=(money,))
        say(by["bank"], paid)
    follow()


def test_the_number_of_queries_does_not_grow(db: None) -> None:
    by = e1()
    follow()
    dana = program("dana")
    before = {path: counted(dana, path) for path in QUERIES}
    grow(by)
    after = {path: counted(dana, path) for path in QUERIES}
    assert after == before
    assert {path: count for path, count in after.items() if count > QUERIES[path]} == {}


def test_a_call_that_changes_takes_few(db: None, django_assert_max_num_queries: Any) -> None:
    from ordertrail.findings.models import Finding
    from ordertrail.findings.tests.company import e19

    e19()
    follow()
    dana = program("dana")
    pk = Finding.objects.order_by("pk").values_list("pk", flat=True)[0]
    with django_assert_max_num_queries(30):
        assert dana.post(f"/findings/{pk}/take", None, {"Idempotency-Key": "k"}).status == 200
