"""Where the demo company's systems disagree, counted over all its documents, whoever planted it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ordertrail.demo import oracle
from ordertrail.demo.systems.erp import booked
from ordertrail.demo.truth import History, WorkOrder

Fact = dict[str, Any]


def conflicts(history: History, figures: dict[str, oracle.Figures]) -> dict[str, list[Fact]]:
    """Every disagreement, by kind."""
    confirmed = [one for _, one in sorted(figures.items()) if one.order.state == "confirmed"]
    work: dict[str, list[WorkOrder]] = {}
    for made in history.work_orders:
        if made.order:
            work.setdefault(made.order.number, []).append(made)
    return {
        "shipped_differs": [fact for one in confirmed for fact in _shipped(one)],
        "invoiced_over_shipped": [fact for one in confirmed for fact in _over_invoiced(one)],
        "finished_under_ordered": [fact for one in confirmed for fact in _unfinished(one, work)],
        "paid_differs": list(_paid(history)),
        "ordered_differs": [fact for one in confirmed for fact in _ordered(one)],
        "promised_differs": [fact for one in confirmed for fact in _promised(one)],
    }


def _shipped(one: oracle.Figures) -> Iterator[Fact]:
    """The OMS says that all was shipped, the warehouse knows better."""
    if one.order.oms_shipped and not one.shipped_all:
        missing = {no: line.ordered - line.shipped for no, line in one.lines.items() if line.shipped < line.ordered}
        yield {
            "order": one.order.number,
            "oms": sum(line.ordered for line in one.lines.values()),
            "wms": sum(line.shipped for line in one.lines.values()),
            "missing": {str(no): qty for no, qty in missing.items()},
            "money": str(oracle.money_of(one.order, missing)),
        }


def _over_invoiced(one: oracle.Figures) -> Iterator[Fact]:
    """The ERP billed more of a line than left."""
    over = {no: line.invoiced - line.shipped for no, line in one.lines.items() if line.invoiced > line.shipped}
    if over:
        prices = {line.no: line.price for line in one.order.lines}
        yield {
            "order": one.order.number,
            "lines": {
                str(no): {"invoiced": one.lines[no].invoiced, "shipped": one.lines[no].shipped, "over": qty}
                for no, qty in over.items()
            },
            "net": str(sum((prices[no] * qty for no, qty in over.items()), Decimal("0.00"))),
            "money": str(oracle.money_of(one.order, over)),
        }


def _unfinished(one: oracle.Figures, work: dict[str, list[WorkOrder]]) -> Iterator[Fact]:
    """Less was finished than ordered. ``closed_short``: and the workshop says that it is done; ``claimed``: and the OMS
    or an invoice says that the goods have left. Where both are false the work simply goes on."""
    for no, line in one.lines.items():
        if line.finished is not None and line.finished < line.ordered:
            orders = [made for made in work[one.order.number] if made.line and made.line.no == no]
            yield {
                "order": one.order.number,
                "line": no,
                "ordered": line.ordered,
                "finished": line.finished,
                "work_orders": sorted(made.number for made in orders),
                "closed_short": all(made.state == "done" for made in orders),
                "claimed": one.order.oms_shipped or line.invoiced > line.finished,
            }


def _paid(history: History) -> Iterator[Fact]:
    """The ERP booked another amount than the bank received, or money that the bank never had ("serial" is "")."""
    for payment in history.payments:
        wrong = (
            payment.erp_at and not payment.erp_cancelled and (not payment.serial or booked(payment) != payment.amount)
        )
        if wrong:
            received = payment.amount if payment.serial else Decimal("0.00")
            yield {
                "payment": payment.number,
                "serial": payment.serial,
                "orders": oracle.numbers(line.order for invoice, _ in payment.shares for line in invoice.lines),
                "erp": str(booked(payment)),
                "bank": str(received),
                "difference": str(booked(payment) - received),
            }


def _ordered(one: oracle.Figures) -> Iterator[Fact]:
    """The CRM has another quantity than the OMS."""
    for no, qty in one.order.crm_qty.items():
        yield {"order": one.order.number, "line": no, "oms": one.lines[no].ordered, "crm": qty}


def _promised(one: oracle.Figures) -> Iterator[Fact]:
    """The CRM or the ERP has another promised day than the OMS."""
    for source, day in (("crm", one.order.crm_promised), ("erp", one.order.erp_promised)):
        if day is not None:
            days = {"oms": one.order.promised_date.isoformat(), source: day.isoformat()}
            yield {"order": one.order.number, "source": source} | days
