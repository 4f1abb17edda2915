"""Random histories of a company: what its systems say of documents, in any order, and what else happens to what there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderLineRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    Same,
    ShipmentLineRecord,
    ShipmentRecord,
    WorkOrderRecord,
)

small = st.integers(1, 2).map(str)
sku = st.sampled_from(("A", "A", "A", "B", "a"))
qty = st.integers(1, 12).map(Decimal)
money = st.integers(1, 90_000).map(lambda cents: Decimal(cents) / 100)
day = st.integers(1, 5).map(lambda number: date(2026, 9, number))
rate = st.sampled_from((None, Decimal(0), Decimal("0.13"), Decimal("0.06")))
number = st.sampled_from(("SO-1001", "so 1002"))
bill = st.sampled_from(("INV-2001", "INV-2002"))
named = st.sampled_from(("SO-1001", "SO-1001", "SO 1002", "1", "2"))
named_or_not = st.one_of(named, named, named, st.sampled_from(("", "SO-9")))  # freight, and an order that nobody knows
ref_or_none = st.sampled_from(("", "", "1", "2"))


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Told in one case of three."""
    return st.one_of(st.none(), st.none(), strategy)


def up_to(size: int, of: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, min_size=least, max_size=size, unique_by=lambda line: line.ref).map(tuple)


def same(of: st.SearchStrategy[str], source: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Same, ...]]:
    return st.lists(st.builds(Same, of, source), max_size=1).map(tuple)


order_line = st.builds(
    OrderLineRecord, small, sku, qty, price=money, tax_rate=rate, net=some(money), shipped_qty=some(qty), invoiced_qty=some(qty),
    cancelled_qty=st.sampled_from((0, 0, 0, 1, 12)).map(Decimal),
).map(lambda line: replace(line, cancelled_qty=min(line.cancelled_qty, line.qty)))  # fmt: skip
order = st.builds(
    OrderRecord, small, number, lines=up_to(3, order_line), shipped=st.sampled_from(("", "", "all", "none")),
    state=st.sampled_from(("confirmed", "confirmed", "closed", "draft", "cancelled")), invoiced=some(money), paid=some(money),
    order_date=some(day), prices_include_tax=st.sampled_from((False, False, True)),
    same_as=same(number, st.sampled_from(("", "oms"))),
)  # fmt: skip
shipped = st.builds(ShipmentLineRecord, small, sku, qty, named, ref_or_none)
sent = st.sampled_from(("SH-3001", "SH-3002"))
shipment = st.builds(
    ShipmentRecord, small, sent, state=st.sampled_from(("done", "done", "done", "draft", "cancelled")),
    direction=st.sampled_from(("out", "out", "in")), shipped_at=some(day), lines=up_to(3, shipped, 0),
    same_as=same(sent, st.just("")),
)  # fmt: skip
told = st.sampled_from(({"net"}, {"net"}, {"gross"}, {"net", "gross"}, set()))
invoice_line = st.builds(
    InvoiceLineRecord, small, order=named_or_not, order_line=ref_or_none, sku=sku, qty=qty, net=money,
    gross=money, tax_rate=rate,
)  # fmt: skip
invoice_line = st.builds(
    lambda line, says, quantity: replace(
        line,
        net=line.net if "net" in says else None,
        gross=line.gross if "gross" in says else None,
        qty=line.qty if quantity or not says else None,
    ),
    invoice_line,
    told,
    st.sampled_from((True, True, False)),
)
invoice = st.builds(
    InvoiceRecord, small, bill, state=st.sampled_from(("posted", "posted", "posted", "draft", "cancelled")),
    type=st.sampled_from(("invoice", "invoice", "credit_note")), invoice_date=some(day), due_date=some(day),
    lines=up_to(3, invoice_line, 0), same_as=same(bill, st.just("")), total=some(money),
    credits=st.sampled_from(("", "", "INV-2001", "1")),
)  # fmt: skip
for_invoice = st.builds(AllocationRecord, money, invoice=bill)
for_order = st.builds(AllocationRecord, money, order=number)
paid = st.sampled_from(("PAY-4001", "PAY-4002"))
payment = st.builds(
    PaymentRecord, small, paid, money, paid_at=some(day), state=st.sampled_from(("done", "done", "draft", "cancelled")),
    reference=st.sampled_from(("", "INV-2001", "SO-1001", "INV-2002 SO-1001")), same_as=same(paid, st.just("")),
    allocations=st.lists(st.one_of(for_invoice, for_order), max_size=2).map(tuple),
)  # fmt: skip
refund = st.builds(
    PaymentRecord, small, st.just("PAY-4009"), money, direction=st.just("out"), paid_at=day,
    reference=st.sampled_from(("INV-2001", "SO-1001", "INV-2002 SO-1001")),
    allocations=st.lists(st.one_of(for_invoice, for_order), max_size=2).map(tuple),
)  # fmt: skip
work_order = st.builds(
    WorkOrderRecord, small, st.just("WO-5001"), sku, qty, qty, order=number, order_line=ref_or_none,
    state=st.sampled_from(("running", "done", "draft", "cancelled")),
)  # fmt: skip
product = st.builds(ProductRecord, small, sku, service=st.booleans())

SAYS: dict[str, Any] = {
    "oms": order,
    "wms": st.one_of(order, shipment, shipment),
    "erp": st.one_of(order, shipment, invoice, invoice, payment, product),
    "bank": st.one_of(payment, refund),
    "mes": work_order,
}


@dataclass(frozen=True)
class Say:
    """A system says a document, with a version of its own where it has one."""

    code: str
    record: Any
    version: str


@dataclass(frozen=True)
class Other:
    """Something else that happens, to what there is: ``pick`` chooses."""

    what: str
    pick: int


said = st.sampled_from(("oms", "oms", "wms", "wms", "erp", "erp", "erp", "bank", "mes")).flatmap(
    lambda code: st.builds(Say, st.just(code), SAYS[code], small if code in ("oms", "wms") else st.just(""))
)
other = st.builds(Other, st.sampled_from(("lose", "find", "link", "unlink", "believe")), st.integers(0, 1 << 16))


def confirmed(record: OrderRecord, ref: str, number: str) -> Say:
    """The web shop says an order that counts."""
    return Say("oms", replace(record, ref=ref, number=number, state="confirmed"), "1")


def together(
    one: Any, two: Any, lines: tuple[Any, Any], names: Any, paper: Any, money_in: Any, freight: Any, note: Any
) -> list[Say]:
    """Two orders billed on one invoice (with freight for both), one of them credited, and money for that invoice: by chance alone this
    comes once in hundreds of histories."""
    told = zip("12", names, lines, strict=True)
    both = tuple(replace(line, ref=ref, order=name, order_line="") for ref, name, line in told)
    charged = (replace(freight, ref="3", order="", order_line=""),) if freight else ()
    paid = replace(money_in, state="done", allocations=(AllocationRecord(money_in.amount, invoice=paper.number),))
    billed = replace(paper, state="posted", type="invoice", credits="", lines=(*both, *charged))
    credit = replace(note, ref="9", number="CN-9", state="posted", type="credit_note", lines=both[:1]) if note else None
    said = (confirmed(one, "1", "SO-1001"), confirmed(two, "2", "so 1002"))
    return [*said, *(Say("erp", record, "") for record in (billed, credit, paid) if record)]


bought = st.builds(confirmed, order, small, number).map(lambda one: [one])
both_ways = st.sampled_from((("SO-1001", "SO 1002"), ("SO 1002", "SO-1001")))
two = st.builds(
    together, order, order, st.tuples(invoice_line, invoice_line), both_ways, invoice, payment,
    st.one_of(st.none(), invoice_line), st.one_of(st.none(), invoice),
)  # fmt: skip
begun = st.one_of(bought, bought, two)
after = st.lists(st.one_of(*([said] * 9), other), min_size=4, max_size=24)
histories = st.builds(lambda first, then: [*first, *then], begun, after)
"""At least an order to begin with, in one case of three two that are billed and paid together, and then whatever happens."""
