"""Random companies: three sources with random precedence, and random documents of theirs about two orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ordertrail.findings.tests.company import D
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
