"""The oracle's answers: an order as api.md §4 tells it, a product's stock, a customer's balance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ordertrail.desk.tests.desk_oracle import ZERO, Line, Order, up
from ordertrail.desk.tests.desk_oracle_bills import Bills, document

D1 = Decimal(1)


class Oracle(Bills):
    """What every order is."""

    def paid(self, order: Order) -> Decimal:
        return sum((bill.paid.get(order, ZERO) for bill in self.bills if bill.kind != "credit_note"), ZERO) - self._out(
            order
        )

    def _out(self, order: Order) -> Decimal:
        """What went back from the order: refunds of its credit notes, and what they gave to others."""
        gave = sum((bill.paid.get(order, ZERO) for bill in self.bills if bill.kind == "credit_note"), ZERO)
        return gave

    def expected(self, line: Line) -> Decimal:
        kept = line.qty - line.cancelled
        if line.product.service or line.order.policy == "ordered":
            return kept - line.credited
        return line.shipped - line.returned if not line.to_ship else kept - line.returned

    def amounts(self, order: Order) -> dict[str, Decimal]:
        def g(qty: Any) -> Decimal:
            return document((line, qty(line)) for line in order.lines)[1]

        ordered, effective = g(lambda x: x.qty), g(self.expected)
        kept, gross = g(lambda x: x.shipped - x.returned), g(lambda x: x.shipped)
        invoiced = sum((bill.shares.get(order, ZERO) for bill in self._of("posted")), ZERO)
        rounding = invoiced - g(self.posted) - self.money(order)
        paid, off = self.paid(order), sum((bill.off.get(order, ZERO) for bill in self.bills), ZERO)
        return {
            "ordered": ordered, "closed": ordered - g(lambda x: x.qty - x.cancelled - x.tolerated), "returned": gross - kept,
            "effective": effective, "shipped": kept, "invoiced": invoiced, "paid": paid, "written_off": off,
            "open_receivable": invoiced - paid - off, "not_invoiced": effective - invoiced + rounding,
            "deposit": sum((payment.left for payment in self.payments if payment.tied is order), ZERO),
            "rounding_difference": rounding,
        }  # fmt: skip

    def delivery(self, order: Order) -> str:
        goods = [line for line in order.lines if not line.product.service]
        shipped, left = any(line.shipped for line in goods), any(line.to_ship for line in goods)
        if left:
            return "partially" if shipped else "waiting"
        if not shipped:
            return "not_required"
        return "over" if any(line.shipped > line.qty - line.cancelled for line in goods) else "done"

    def invoicing(self, order: Order) -> str:
        if amount := self.money(order, "invoice"):
            base = document((line, self.base(line)) for line in order.lines)[1]
            return "partially" if amount < base else "fully" if amount == base else "over"
        lines = [(self.base(line), self.posted(line), line) for line in order.lines]
        upsell = order.policy == "ordered" and any(line.shipped > line.qty for line in order.lines)
        if upsell or any(posted > base for base, posted, _ in lines):
            return "over"
        if not any(posted for _, posted, _ in lines):
            return "to_invoice" if any(base for base, _, _ in lines) else "nothing"
        return "fully" if all(posted == base for base, posted, _ in lines) else "partially"

    def status(self, order: Order) -> dict[str, str]:
        told = self.amounts(order)
        delivery, invoicing = self.delivery(order), self.invoicing(order)
        open_, came = told["open_receivable"], told["paid"] + told["written_off"]
        by_money = bool(self.money(order, "invoice"))
        later = any(self.expected(line) - line.unbilled > self.posted(line) for line in order.lines)
        due = open_ > 0 or (told["not_invoiced"] > 0 if by_money else later)
        if open_ < 0:
            payment = "overpaid"
        elif not came and not due and self._out(order):
            payment = "refunded"
        else:
            payment = "paid" if not due else "partially" if came else "unpaid"
        done = delivery in ("done", "over", "not_required") and not open_ and told["effective"]
        left = told["not_invoiced"] > 0 if by_money else any(self.base(x) > self.posted(x) for x in order.lines)
        state = "done" if order.state in ("confirmed", "closed") and done and not left else order.state
        return {"order": state, "delivery": delivery, "invoicing": invoicing, "payment": payment}

    def order(self, number: str) -> dict[str, Any]:
        order = self.orders[number]
        return {
            "status": self.status(order), "amounts": self.amounts(order), "revision": order.revision,
            "realised": {"revenue": order.revenue, "cost": order.cost, "profit": order.revenue - order.cost},
            "exceptions": sorted(
                (w.kind, sorted((line.no, qty) for line, qty in w.lines.items())) for w in order.waiting if w.open
            ),
            "drafts": sorted((line.no, qty) for s in self.shipments if s.state == "draft" for line, qty in s.lines.items() if line.order is order),
            "lines": [self.line(line) for line in order.lines],
        }  # fmt: skip

    def line(self, line: Line) -> dict[str, Any]:
        return {
            "sku": line.product.sku, "qty": line.qty, "price": line.price, "cancelled_qty": line.cancelled,
            "reserved_qty": line.reserved, "shipped_qty": line.shipped, "returned_qty": line.returned,
            "over_qty": max(line.shipped - line.qty + line.cancelled, ZERO), "invoiced_qty": self.posted(line),
            "to_ship": line.to_ship, "to_invoice": self.to_invoice(line),
            "progress": min(D1, up(line.shipped, line.qty, Decimal("0.0001"))),
        }  # fmt: skip

    def stock(self, sku: str) -> dict[str, Decimal]:
        product = self.products[sku]
        mine = [line for line in self._lines() if line.product is product and line.order.state == "confirmed"]
        demand = sum((line.to_ship for line in mine), ZERO)
        return {
            "on_hand": product.on_hand, "reserved": self.reserved(product), "free": self.free(product), "open_demand": demand,
            "pending_shipment": sum((self.on_shipments(line) for line in mine), ZERO),
            "sellable": product.on_hand - demand, "value": product.value,
        }  # fmt: skip

    def balance(self, customer: str) -> dict[str, Decimal]:
        floating = sum((p.left for p in self.payments if p.customer == customer and not p.tied), ZERO)
        notes = sum((bill.open for bill in self._open_bills(customer, note=True)), ZERO)
        return {"receivable": sum((b.open for b in self._open_bills(customer)), ZERO), "credit": floating + notes}
