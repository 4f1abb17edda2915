"""The planted truths: what Ordertrail must find in the demo company, with exact figures. Written beside the sources.

Amounts are CNY with tax, as text ("904.00"); quantities are whole numbers; days are ISO dates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from ordertrail.demo import conflicts, customers, oracle
from ordertrail.demo.company import Company
from ordertrail.demo.rejects import Rejected
from ordertrail.demo.systems import crm, oms
from ordertrail.demo.totals import totals

FILE = "facts.json"
Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known of the demo company on its day. Lists are sorted by number.

    ``conflicts``: by kind, each with the order and both figures. ``orders``: by number, how far each is. ``totals``: by
    system and kind of document, how many documents and lines that can be read, and their sums. ``unplaced_money`` is at
    the bank and nobody knows for what; ``unbooked_payments`` name their invoices and reach the ERP on the next day.
    """

    today: str
    seed: int
    counts: dict[str, int]
    conflicts: dict[str, list[Fact]]
    late: list[Fact]
    merged_shipments: list[Fact]
    merged_invoices: list[Fact]
    split_orders: dict[str, list[str]]
    partial_payments: list[Fact]
    unplaced_money: list[Fact]
    unbooked_payments: list[Fact]
    bottleneck: Fact
    unmatched_customers: list[Fact]
    duplicate_customers: list[Fact]
    namesakes: list[str]
    rejects: list[Fact]
    totals: dict[str, dict[str, dict[str, Any]]]
    orders: dict[str, Fact] = field(repr=False)

    def write(self, folder: Path) -> None:
        """Write ``facts.json``."""
        body = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2, default=str)
        (folder / FILE).write_bytes(body + b"\n")


def facts(company: Company, rejected: list[Rejected]) -> Facts:
    """The facts of the company as it stands."""
    figures = oracle.figures(company.history)
    late = _late(company, figures)
    return Facts(
        today=company.now.date().isoformat(),
        seed=company.seed,
        counts=_counts(company, figures, late),
        conflicts=conflicts.conflicts(company.history, figures),
        late=late,
        merged_shipments=_merged_shipments(company),
        merged_invoices=_merged_invoices(company),
        split_orders=_split_orders(company),
        partial_payments=_partial_payments(company),
        unplaced_money=_unplaced(company),
        unbooked_payments=_unbooked(company),
        bottleneck=_bottleneck(company),
        unmatched_customers=_unmatched(company),
        duplicate_customers=_duplicates(company),
        namesakes=[company.history.customers[no - 1].official for no in customers.NAMESAKES],
        rejects=[asdict(one) for one in rejected],
        totals=totals(company),
        orders={number: _order(one) for number, one in sorted(figures.items())},
    )


def _order(one: oracle.Figures) -> Fact:
    return {
        "state": one.order.state,
        "customer": one.order.customer.zh,
        "salesperson": one.order.salesperson,
        "ordered_on": one.order.ordered_at.date().isoformat(),
        "promised_date": one.order.promised_date.isoformat(),
        "lines": {
            str(no): {
                "ordered": line.ordered,
                "shipped": line.shipped,
                "invoiced": line.invoiced,
                "finished": line.finished,
            }
            for no, line in one.lines.items()
        },
        "ordered": str(one.ordered),
        "invoiced": str(one.invoiced),
        "paid": str(one.paid),
        "open_receivable": str(one.open_receivable),
    }


def _late(company: Company, figures: dict[str, oracle.Figures]) -> list[Fact]:
    """Confirmed orders promised before today that are not wholly shipped."""
    today = company.now.date()
    return [
        {
            "order": number,
            "promised_date": one.order.promised_date.isoformat(),
            "days": (today - one.order.promised_date).days,
            "to_ship": {
                str(no): line.ordered - line.shipped for no, line in one.lines.items() if line.shipped < line.ordered
            },
        }
        for number, one in sorted(figures.items())
        if one.order.state == "confirmed" and not one.shipped_all and one.order.promised_date < today
    ]


def _counts(company: Company, figures: dict[str, oracle.Figures], late: list[Fact]) -> dict[str, int]:
    confirmed = [one for one in figures.values() if one.order.state == "confirmed"]
    states = Counter(one.order.state for one in figures.values())
    return {
        "customers": len(company.history.customers),
        "orders": len(figures),
        "draft": states["draft"],
        "confirmed": states["confirmed"],
        "cancelled": states["cancelled"],
        "to_ship": sum(not one.shipped_all for one in confirmed),
        "late": len(late),
        "partly_shipped": sum(
            not one.shipped_all and any(line.shipped for line in one.lines.values()) for one in confirmed
        ),
        "fully_shipped": sum(one.shipped_all for one in confirmed),
        "unpaid_or_partly_paid": sum(one.open_receivable > 0 for one in confirmed),
        "in_production": len(
            {work.order.number for work in company.history.work_orders if work.order and work.state != "done"}
        ),
        "projects_running": sum(project.state == "running" for project in company.history.projects),
    }


def _merged_shipments(company: Company) -> list[Fact]:
    found = []
    for shipment in company.history.shipments:
        quantities: defaultdict[str, int] = defaultdict(int)
        for line in shipment.lines:
            quantities[line.order.number] += line.qty
        if shipment.state == "done" and len(quantities) > 1:
            found.append({"shipment": shipment.number, "orders": dict(sorted(quantities.items()))})
    return found


def _merged_invoices(company: Company) -> list[Fact]:
    found = []
    for invoice in company.history.invoices:
        shares = oracle.invoice_shares(invoice)
        if len(shares) > 1:
            texts = {number: str(share) for number, share in shares.items()}
            found.append({"invoice": invoice.number, "total": str(oracle.invoice_total(invoice)), "orders": texts})
    return found


def _split_orders(company: Company) -> dict[str, list[str]]:
    """Orders that left with more than one shipment."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for shipment in company.history.shipments:
        if shipment.state == "done":
            for number in oracle.numbers(line.order for line in shipment.lines):
                found[number].append(shipment.number)
    return {number: sorted(listed) for number, listed in sorted(found.items()) if len(listed) > 1}


def _partial_payments(company: Company) -> list[Fact]:
    """Invoices that are paid in part, with what each payment brought to each order."""
    shares: defaultdict[str, list[oracle.Share]] = defaultdict(list)
    for share in oracle.payment_shares(company.history):
        shares[share.invoice.number].append(share)
    found = []
    for invoice in company.history.invoices:
        paid = sum((share.amount for share in shares[invoice.number]), Decimal(0))
        total = oracle.invoice_total(invoice)
        if 0 < paid < total:
            rows = [
                {"payment": share.payment.serial, "order": share.order, "amount": str(share.amount)}
                for share in shares[invoice.number]
            ]
            amounts = {"total": str(total), "paid": str(paid), "open": str(total - paid)}
            found.append({"invoice": invoice.number, "shares": rows} | amounts)
    return found


def _unplaced(company: Company) -> list[Fact]:
    return [
        {"payment": one.serial, "payer": one.payer, "amount": str(one.amount), "remark": one.remark}
        for one in oracle.real_payments(company.history)
        if one.customer is None
    ]


def _unbooked(company: Company) -> list[Fact]:
    return [
        {
            "payment": one.serial,
            "amount": str(one.amount),
            "invoices": {invoice.number: str(amount) for invoice, amount in one.shares},
        }
        for one in oracle.real_payments(company.history)
        if one.customer and one.erp_at is None
    ]


def _bottleneck(company: Company) -> Fact:
    """How long quality control held shipments before and since it became the bottleneck."""
    held: dict[str, list[Decimal]] = {"before": [], "recent": []}
    for shipment in company.history.shipments:
        if shipment.qc_from and shipment.qc_to:
            days = company.calendar.between(shipment.qc_from, shipment.qc_to)
            held["recent" if shipment.qc_from >= company.slow_from else "before"].append(
                Decimal(round(days * 100)) / 100
            )
    return {
        "step": "quality hold before shipping",
        "since": company.slow_from.date().isoformat(),
        "unit": "working days of nine hours",
        "recent_median": str(_median(held["recent"])),
        "before_median": str(_median(held["before"])),
        "recent_count": len(held["recent"]),
        "before_count": len(held["before"]),
    }


def _median(values: list[Decimal]) -> Decimal:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else Decimal(0)


def _unmatched(company: Company) -> list[Fact]:
    """Names that no rule can match, with whom they really are ("" where nobody knows)."""
    known = {customer.no: customer for customer in company.history.customers}
    found = [
        {"source": "crm", "ref": crm.account_id(known[no]), "name": name, "really": known[no].official}
        for no, name in customers.NO_RULE.items()
    ]
    strangers = {payer: known[no].official for no, payer in customers.STRANGE_PAYERS.items()}
    strangers |= {known[no].official: known[no].official for no in customers.NAMESAKES}  # one key, two companies
    payers = sorted({one.payer for one in oracle.real_payments(company.history)})
    unknown = {one["payer"] for one in _unplaced(company)}
    return found + [
        {"source": "bank", "ref": payer, "name": payer, "really": strangers.get(payer, "")}
        for payer in payers
        if payer in strangers or payer in unknown
    ]


def _duplicates(company: Company) -> list[Fact]:
    """Customers that one system has twice."""
    found: list[Fact] = []
    for customer in company.history.customers:
        if customer.crm_twin:
            refs = [crm.account_id(customer), crm.account_id(customer, twin=True)]
            found.append({"source": "crm", "refs": refs, "names": [customer.crm_name, customer.crm_twin]})
        if customer.oms_twin:
            ids = [str(oms.customer_id(customer)), str(oms.customer_id(customer, twin=True))]
            found.append({"source": "oms", "refs": ids, "names": [customer.zh, customer.oms_twin]})
    return found
