"""The oracle's answers: an order as api.md §4 tells it, a product's stock, a customer's balance."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ordertrail.desk.tests.desk_oracle import ONE, ZERO, Line, Order, gross, total, up
from ordertrail.desk.tests.desk_oracle_books import on
from ordertrail.desk.tests.desk_oracle_verbs import Verbs


class Oracle(Verbs):
    """What every order is."""

    def went_back(self, order: Order) -> Decimal:
        """What the order's credit notes paid out, or gave to other orders' invoices."""
        return total(bill.paid.get(order, ZERO) for bill in self.bills if bill.kind == "credit_note")

    def expected(self, line: Line) -> Decimal:
        if line.product.service or line.order.policy == "ordered":
            return line.qty - line.cancelled - line.credited
        return (line.qty - line.cancelled if line.to_ship else line.shipped) - line.returned

    def amounts(self, order: Order) -> dict[str, Decimal]:
        def g(qty: Callable[[Line], Decimal]) -> Decimal:
            return gross((line, qty(line)) for line in order.lines)

        ordered, effective, kept = g(lambda x: x.qty), g(self.expected), g(lambda x: x.shipped - x.returned)
        invoiced = total(bill.shares.get(order, ZERO) for bill in self.bills if bill.state == "posted")
        billed = g(self.posted) + self.money(order)
        paid = total(bill.paid.get(order, ZERO) for bill in self.bills if bill.kind != "credit_note") - self.went_back(
            order
        )
        off = total(bill.off.get(order, ZERO) for bill in self.bills)
        return {
            "ordered": ordered, "closed": ordered - g(lambda x: x.qty - x.cancelled - x.tolerated),
            "returned": g(lambda x: x.shipped) - kept, "effective": effective, "shipped": kept, "invoiced": invoiced,
            "paid": paid, "written_off": off, "open_receivable": invoiced - paid - off, "not_invoiced": effective - billed,
            "deposit": total(payment.left for payment in self.payments if payment.tied is order),
            "rounding_difference": invoiced - billed,
        }  # fmt: skip

    def delivery(self, order: Order) -> str:
        goods = [line for line in order.lines if not line.product.service]
        shipped, left = any(line.shipped for line in goods), any(line.to_ship for line in goods)
        over = any(line.shipped > line.qty - line.cancelled for line in goods)
        if left:
            return "partially" if shipped else "waiting"
        return ("over" if over else "done") if shipped else "not_required"

    def invoicing(self, order: Order) -> str:
        if amount := self.by_amount(order):
            base = gross((line, self.base(line)) for line in order.lines)
            return "partially" if amount < base else "fully" if amount == base else "over"
        lines = [(self.base(line), self.posted(line)) for line in order.lines]
        upsell = order.policy == "ordered" and any(line.shipped > line.qty for line in order.lines)
        if upsell or any(posted > base for base, posted in lines):
            return "over"
        if not any(posted for _, posted in lines):
            return "to_invoice" if any(base for base, _ in lines) else "nothing"
        return "partially" if any(self.expected(x) - x.unbilled > self.posted(x) for x in order.lines) else "fully"

    def status(self, order: Order) -> dict[str, str]:
        told, money = self.amounts(order), bool(self.by_amount(order))
        came, owed = told["paid"] + told["written_off"], told["open_receivable"]
        later = any(self.expected(line) - line.unbilled > self.posted(line) for line in order.lines)
        due = owed > 0 or (told["not_invoiced"] > 0 if money else later)
        payment = "overpaid" if owed < 0 else "paid" if not due else "partially" if came else "unpaid"
        if owed == came == 0 and not due and self.went_back(order):
            payment = "refunded"
        left = told["not_invoiced"] > 0 if money else any(self.base(x) > self.posted(x) for x in order.lines)
        complete = self.delivery(order) not in ("waiting", "partially") and not left and not owed and told["effective"]
        state = "done" if complete and order.state in ("confirmed", "closed") else order.state
        return {
            "order": state,
            "delivery": self.delivery(order),
            "invoicing": self.invoicing(order),
            "payment": payment,
        }

    def order(self, number: str) -> dict[str, Any]:
        order = self.orders[number]
        drafts = [(x, qty) for each in self.shipments if each.state == "draft" for x, qty in each.lines.items()]
        waiting = [(w.kind, sorted((line.no, qty) for line, qty in w.lines.items())) for w in order.waiting if w.open]
        return {
            "status": self.status(order), "amounts": self.amounts(order), "revision": order.revision,
            "realised": {"revenue": order.revenue, "cost": order.cost, "profit": order.revenue - order.cost},
            "exceptions": sorted(waiting), "drafts": sorted((x.no, qty) for x, qty in drafts if x.order is order),
            "lines": [self.line(line) for line in order.lines],
        }  # fmt: skip

    def line(self, line: Line) -> dict[str, Any]:
        return {
            "sku": line.product.sku, "qty": line.qty, "price": line.price, "cancelled_qty": line.cancelled,
            "reserved_qty": line.reserved, "shipped_qty": line.shipped, "returned_qty": line.returned,
            "over_qty": max(line.shipped - line.qty + line.cancelled, ZERO), "invoiced_qty": self.posted(line),
            "to_ship": line.to_ship, "to_invoice": self.to_invoice(line),
            "progress": min(ONE, up(line.shipped, line.qty, Decimal("0.0001"))),
        }  # fmt: skip

    def stock(self, sku: str) -> dict[str, Decimal]:
        product = self.products[sku]
        mine = [line for line in self.lines() if line.product is product and line.order.state == "confirmed"]
        demand, layers = total(line.to_ship for line in mine), total(value for _, value in product.layers)
        return {
            "on_hand": product.on_hand, "reserved": product.on_hand - self.free(product), "free": self.free(product),
            "open_demand": demand, "pending_shipment": total(on(self.shipments, "draft", line) for line in mine),
            "sellable": product.on_hand - demand, "value": layers if product.method == "fifo" else up(product.on_hand * product.unit),
        }  # fmt: skip

    def balance(self, customer: str) -> dict[str, Decimal]:
        floating = total(payment.left for payment in self.payments if payment.customer == customer and not payment.tied)
        notes = total(bill.open for bill in self.open_bills(customer, notes=True))
        return {"receivable": total(bill.open for bill in self.open_bills(customer)), "credit": floating + notes}
