"""Random companies: a few systems that speak of the same orders in random words, for the laws that must hold of any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.apps import apps
from hypothesis import strategies as st

from ordertrail.desk.mirror import mirror
from ordertrail.lib import clock
from ordertrail.records.actions import Said
from ordertrail.records.models import Source
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

NUMBERS = ("SO-1", "SO-2", "SO-3")
SKUS = ("A", "B")
DOMAIN = ("orders", "shipping", "billing", "work", "presales", "parties", "catalog")

qty = st.integers(1, 12).map(Decimal)
money = st.integers(1, 90_000).map(lambda cents: Decimal(cents) / 100)
day = st.integers(1, 28).map(lambda number: date(2026, 9, number))
number = st.sampled_from(NUMBERS)
sku = st.sampled_from(SKUS)
small = st.integers(1, 4).map(str)


def lines(of: st.SearchStrategy[OrderLineRecord]) -> st.SearchStrategy[tuple[OrderLineRecord, ...]]:
    return st.lists(of, min_size=1, max_size=3, unique_by=lambda line: line.ref).map(tuple)


order_line = st.builds(
    OrderLineRecord, small, sku, qty, price=money, tax_rate=st.sampled_from((Decimal(0), Decimal("0.13")))
)
order = st.builds(
    OrderRecord, small, number, shipped=st.sampled_from(("", "all", "none")), currency=st.just("CNY"), lines=lines(order_line),
    state=st.sampled_from(("confirmed", "confirmed", "cancelled")), invoiced=st.none() | money, paid=st.none() | money,
    same_as=st.lists(st.builds(Same, number, st.sampled_from(("", "oms"))), max_size=1).map(tuple),
)  # fmt: skip
shipment = st.builds(
    ShipmentRecord, small, small.map("SH-{}".format), state=st.sampled_from(("done", "done", "draft", "cancelled")),
    direction=st.sampled_from(("out", "out", "in")), shipped_at=day,
    lines=st.lists(st.builds(ShipmentLineRecord, small, sku, qty, order=number), max_size=3).map(tuple),
)  # fmt: skip
invoice = st.builds(
    InvoiceRecord, small, small.map("INV-{}".format), state=st.sampled_from(("posted", "posted", "draft")),
    type=st.sampled_from(("invoice", "invoice", "credit_note")), invoice_date=day, due_date=day, currency=st.just("CNY"),
    lines=st.lists(st.builds(InvoiceLineRecord, small, order=number, sku=sku, qty=qty, net=money), max_size=3).map(tuple),
)  # fmt: skip
payment = st.builds(
    PaymentRecord, small, small.map("PAY-{}".format), money, paid_at=day, currency=st.just("CNY"),
    reference=st.sampled_from(("", "货款 INV-1001", "SO-1 SO-2")),
    allocations=st.lists(st.builds(AllocationRecord, money, invoice=small.map("INV-{}".format)), max_size=2).map(tuple),
)  # fmt: skip
work_order = st.builds(WorkOrderRecord, small, small.map("WO-{}".format), sku, qty, qty, order=number)

SAYS: dict[str, st.SearchStrategy[Record]] = {
    "oms": order,
    "wms": st.one_of(order, shipment),
    "erp": st.one_of(order, shipment, invoice, payment),
    "bank": payment,
    "mes": work_order,
}
said = st.sampled_from(sorted(SAYS)).flatmap(lambda code: st.tuples(st.just(code), SAYS[code]))
histories = st.lists(said, min_size=1, max_size=14)


def company() -> dict[str, Source]:
    """Five systems with the usual precedence."""
    trust: dict[str, dict[str, object]] = {
        "oms": {"order_rank": 1, "goods_rank": 5},
        "wms": {"goods_rank": 1, "goods_scope": "orders"},
        "erp": {"order_rank": 3, "goods_rank": 3, "invoice_rank": 1, "money_rank": 2},
        "bank": {"money_rank": 1},
        "mes": {"production_rank": 1},
    }
    return {
        code: Source.objects.create(code=code, name=code, kind=code, connector="sql", **ranks)
        for code, ranks in trust.items()
    }


def say(by: dict[str, Source], history: list[tuple[str, Record]]) -> None:
    """Let every record of ``history`` come in, one transaction each."""
    for code, record in history:
        mirror(by[code], [Said(record)], batch=None, learned_at=clock.now())


def rows() -> Iterator[tuple[object, ...]]:
    """Every row of every domain room, in a fixed order: what two ways to one state must agree on."""
    for room in DOMAIN:
        for model in sorted(apps.get_app_config(room).get_models(), key=lambda found: found.__name__):
            if model.__name__ != "Person":
                yield from ((model.__name__, *row) for row in model._default_manager.order_by("pk").values_list())
