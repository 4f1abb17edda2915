"""What the oracle's desk holds, and what follows from whatever is done there: drafts are lowered, waiting lines are served."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from ordertrail.desk.tests.desk_oracle import ZERO, Bill, Line, Order, Paper, Payment, Pieces, Product, Waiting, total


def on(papers: Sequence[Paper], state: str, line: Line) -> Decimal:
    """The quantity of a line on papers of a state."""
    return total(paper.lines.get(line, ZERO) for paper in papers if paper.state == state)


def lower(papers: Sequence[Paper], line: Line, most: Decimal) -> None:
    """No more than ``most`` of a line stays on drafts: newest first, gone at 0."""
    for paper in reversed(papers):
        if paper.state == "draft" and line in paper.lines:
            too_many = min(max(on(papers, "draft", line) - max(most, ZERO), ZERO), paper.lines[line])
            paper.put(line, paper.lines[line] - too_many)


class Books:
    """The company: what it has, what verbs ask of it, and what follows from each."""

    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self.orders: dict[str, Order] = {}
        self.shipments: list[Paper] = []
        self.bills: list[Bill] = []
        self.payments: list[Payment] = []
        self.places = self.posts = 0

    def lines(self) -> Iterator[Line]:
        return (line for order in self.orders.values() for line in order.lines)

    def free(self, product: Product) -> Decimal:
        return product.on_hand - total(line.reserved for line in self.lines() if line.product is product)

    def to_draft(self, line: Line) -> Decimal:
        return line.to_ship - on(self.shipments, "draft", line)

    def posted(self, line: Line) -> Decimal:
        return on(self.bills, "posted", line)

    def base(self, line: Line) -> Decimal:
        if line.order.policy == "delivered" and not line.product.service:
            return max(line.shipped - line.returned - line.unbilled, ZERO)
        return max(line.qty - line.cancelled - line.credited - line.unbilled, ZERO)

    def to_invoice(self, line: Line) -> Decimal:
        return self.base(line) - self.posted(line) - on(self.bills, "draft", line)

    def money(self, order: Order, kind: str = "", *, drafts: bool = False) -> Decimal:
        """Billed as money: amounts and advances, less what was deducted."""
        bills = [bill for bill in self.bills if bill.state == "posted" or (drafts and bill.state == "draft")]
        bills = [bill for bill in bills if kind in ("", bill.kind) or bill.less]
        return total(bill.money.get(order, ZERO) - bill.less.get(order, ZERO) for bill in bills)

    def by_amount(self, order: Order) -> Decimal:
        """Billed by amount, less what was deducted; advances taken off quantities alone make no such bill."""
        told = any(bill.state == "posted" and bill.kind == "invoice" and bill.money.get(order) for bill in self.bills)
        return self.money(order, "invoice") if told else ZERO

    def open_bills(self, customer: str, *, notes: bool = False) -> list[Bill]:
        """Oldest due date first, then number."""
        bills = [bill for bill in self.bills if bill.open > 0 and bill.customer == customer]
        return sorted((b for b in bills if (b.kind == "credit_note") == notes), key=lambda bill: (bill.due, bill.seq))

    def _serve(self, products: Iterable[Product]) -> None:
        """Free stock goes to waiting lines: first confirmed first, then by line."""
        among = set(products)
        for order in sorted(self.orders.values(), key=lambda order: order.place):
            for line in order.lines:
                if order.state == "confirmed" and not order.manual and line.product in among:
                    line.reserved += max(min(line.to_ship - line.reserved, self.free(line.product)), ZERO)

    def _settle(self, order: Order) -> None:
        """After less is open: reservations and drafts are lowered to it, and waiting lines take what became free."""
        for line in order.lines:
            line.reserved = min(line.reserved, line.to_ship)
            lower(self.shipments, line, line.to_ship)
            lower(self.bills, line, ZERO if order.state == "cancelled" else self.base(line) - self.posted(line))
        self._serve(line.product for line in order.lines)

    def _shipment(self, lines: Pieces) -> Paper | None:
        if wanted := {line: qty for line, qty in lines.items() if qty > 0}:
            self.shipments.append(Paper(len(self.shipments), wanted))
        return self.shipments[-1] if wanted else None

    def _bill(self, lines: Pieces, kind: str = "invoice", **more: Any) -> Bill:
        self.bills.append(Bill(len(self.bills), lines, kind, more.pop("money", {}), **more))
        return self.bills[-1]

    def _wait(self, kind: str, paper: Paper) -> None:
        paper.state = "cancelled"
        for order in dict.fromkeys(line.order for line in paper.lines):
            order.waiting.append(Waiting(kind, {x: qty for x, qty in paper.lines.items() if x.order is order}))
