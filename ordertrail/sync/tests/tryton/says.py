"""What a running Tryton says, and what the store holds, told in the same words so that the two can be compared.

The first half asks Tryton by the test's own client and counts for itself; where Tryton has a figure of its own (what of an
invoice is open) that figure is taken. The second half reads only Ordertrail's rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare
from ordertrail.catalog.models import Product
from ordertrail.orders.models import Order, OrderLine, OrderStatus
from ordertrail.parties.models import Customer
from ordertrail.presales.models import Opportunity
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.sync.tests.tryton.client import Client, Row
from ordertrail.work.models import Project, WorkOrder

Said = dict[str, Any]
BACK = "stock.shipment.out.return"
CENT = Decimal("0.01")
TAX = Decimal("1.13")
"""The company sells everything with one tax of 13 %."""

ORDER_STATE = {"quotation": "quoted", "processing": "confirmed", "done": "closed"}
SHIPMENT_STATE = {"waiting": "draft", "assigned": "draft", "picked": "draft", "packed": "draft", "received": "done"}
INVOICE_STATE = {"validated": "draft", "paid": "posted"}
MAKING_STATE = {"waiting": "draft", "assigned": "draft", "request": "draft"}


class TrytonSays:
    """Everything in Tryton that Ordertrail reads, asked for at once."""

    def __init__(self, reader: Client) -> None:
        all_ = reader.all
        self.sales = _by_id(all_("sale.sale", "number", "party.name", "sale_date", "shipping_date", "state", "reference",
                                 "total_amount", "quoted_by.rec_name"))  # fmt: skip
        self.lines = _by_id(all_("sale.line", "sale", "product.code", "quantity", "unit_price", "unit.factor"))
        self.moves = all_("stock.move", "origin", "shipment", "product.code", "quantity", "internal_quantity", "state",
                          where=[["origin", "like", "sale.line,%"]])  # fmt: skip
        words = ("number", "customer.name", "state", "effective_date")
        self.shipments = {
            f"{model},{row['id']}": row
            for model in ("stock.shipment.out", "stock.shipment.out.return")
            for row in all_(model, *words)
        }
        self.bills = _by_id(all_("account.invoice", "number", "party.name", "state", "invoice_date", "total_amount",
                                 "amount_to_pay", "lines_to_pay.maturity_date", "origin_invoices", "cancel_move.origin",
                                 where=[["type", "=", "out"]]))  # fmt: skip
        every = _by_id(all_("account.invoice.line", "invoice", "origin", "quantity", "amount"))
        self.bill_lines = [row for row in every.values() if row["invoice"] in self.bills]
        for row in self.bill_lines:
            model, _, id_ = (row["origin"] or "").partition(",")
            row["origin"] = every[int(id_)]["origin"] if model == "account.invoice.line" else row["origin"]
        for bill in self.bills.values():
            note = str((bill["cancel_move."] or {}).get("origin"))
            if bill["state"] == "cancelled" and note.startswith("account.invoice,"):
                self._refunded(bill, self.bills[int(note.partition(",")[2])])
        self.money = all_("account.statement.line", "number", "date", "party.name", "amount", "related_to",
                          "statement.state", where=[["account.type.receivable", "=", True]])  # fmt: skip
        self.entries = all_("account.move.line", "move.number", "move.origin", "date", "party.name", "credit", "debit",
                            "invoice_payments", where=[["invoice_payments.type", "=", "out"]])  # fmt: skip
        self.reader = reader

    @staticmethod
    def _refunded(*both: Row) -> None:
        """A bill that a credit note took back, and that note: Tryton has settled one with the other, and nobody has paid."""
        for row in both:
            row |= {"state": "posted", "amount_to_pay": row["total_amount"]}

    def all(self) -> dict[str, Said]:
        """By kind, each document by its number."""
        return {
            "orders": {_number(row): self.order(row) for row in self.sales.values()},
            "shipments": {_number(row): self.shipment(key, row) for key, row in self.shipments.items()},
            "invoices": {_number(row): self.bill(row) for row in self.bills.values()},
            "payments": self.payments(),
            "productions": {
                row["number"]: {
                    "product": row["product."]["code"],
                    "state": MAKING_STATE.get(row["state"], row["state"]),
                    "planned": row["quantity"],
                    "finished": row["quantity"] if row["state"] == "done" else 0,
                    "order": row["reference"],
                }
                for row in self.reader.all("production", "number", "product.code", "state", "quantity", "reference")
            },
            "opportunities": {
                row["number"]: {
                    "customer": row["party."]["name"],
                    "amount": row["amount"],
                    "stage": row["state"],
                    "order": self.sales[min(row["sales"])]["number"] if row["sales"] else None,
                }
                for row in self.reader.all("sale.opportunity", "number", "party.name", "amount", "state", "sales")
            },
            "projects": {
                row["name"]: {"planned": row["total_effort"], "spent": row["timesheet_duration"]}
                for row in self.reader.all(
                    "project.work", "name", "total_effort", "timesheet_duration", where=[["type", "=", "project"]]
                )
            },
            "customers": {row["code"]: row["name"] for row in self.reader.all("party.party", "code", "name")},
            "products": {
                row["code"]: (row["name"], row["cost_price"], row["template."]["list_price"])
                for row in self.reader.all("product.product", "code", "name", "cost_price", "template.list_price")
            },
        }

    def line_of(self, row: Row) -> Row | None:
        """The order line that a record comes from."""
        model, _, id_ = (row["origin"] or "").partition(",")
        return self.lines[int(id_)] if model == "sale.line" else None

    def order(self, sale: Row) -> Said:
        """An order: what was asked for, what went and came back, what was billed and paid."""
        own = [line for line in self.lines.values() if line["sale"] == sale["id"]]
        shipped, billed = self.shipped(), self.billed()
        shares = {id_: share for id_, share in self.shares().items() if sale["id"] in share}
        return {
            "customer": sale["party."]["name"],
            "date": sale["sale_date"],
            "promised": sale["shipping_date"],
            "state": ORDER_STATE.get(sale["state"], sale["state"]),
            "reference": sale["reference"] or "",
            "salesperson": (sale["quoted_by."] or {}).get("rec_name", ""),
            "lines": [
                (line["product."]["code"], line["quantity"], line["unit_price"], shipped[line["id"]], billed[line["id"]])
                for line in own
            ],
            "total": sale["total_amount"],
            "invoiced": sum((share[sale["id"]] for share in shares.values()), Decimal(0)),
            "paid": sum((self.paid(id_)[sale["id"]] for id_ in shares), Decimal(0)),
            "shipments": sorted({_number(self.shipments[m["shipment"]]) for m in self.moves
                                 if m["shipment"] and self._order_of(m) == sale["id"] and m["quantity"]}),
            "invoices": sorted({_number(self.bills[row["invoice"]]) for row in self.bill_lines
                                if self._order_of(row) == sale["id"]}),
        }  # fmt: skip

    def _order_of(self, row: Row) -> int | None:
        line = self.line_of(row)
        return line["sale"] if line else None

    def shipped(self) -> Counter[int]:
        """What went out for each order line, less than nothing where it came back."""
        found: Counter[int] = Counter()
        for move in self.moves:
            line = self.line_of(move)
            if line and move["state"] == "done":
                found[line["id"]] += _went(move, line)
        return found

    def billed(self) -> Counter[int]:
        """What was billed for each order line; drafts are no bills."""
        found: Counter[int] = Counter()
        for row in self.bill_lines:
            line = self.line_of(row)
            if line and self.bills[row["invoice"]]["state"] in ("posted", "paid"):
                found[line["id"]] += row["quantity"]
        return found

    def shares(self) -> dict[int, dict[int, Decimal]]:
        """Each bill's parts by order, with tax."""
        net: dict[int, Counter[int]] = defaultdict(Counter)
        for row in self.bill_lines:
            order = self._order_of(row)
            if order and self.bills[row["invoice"]]["state"] in ("posted", "paid"):
                net[row["invoice"]][order] += row["amount"]
        return {
            id_: {order: (Decimal(amount) * TAX).quantize(CENT) for order, amount in parts.items()}
            for id_, parts in net.items()
        }

    def paid(self, bill: int) -> dict[int, Decimal]:
        """What of a bill is paid, by order: as the orders' parts are to the whole, by number, the last takes what is left."""
        share = self.shares()[bill]
        done = self.bills[bill]["total_amount"] - self.bills[bill]["amount_to_pay"]
        ordered = sorted(share, key=lambda order: self.sales[order]["number"])
        found = {order: (done * share[order] / sum(share.values())).quantize(CENT) for order in ordered}
        found[ordered[-1]] += done - sum(found.values())
        return found

    def shipment(self, key: str, row: Row) -> Said:
        """A shipment and what is in it, by order."""
        return {
            "customer": row["customer."]["name"],
            "state": SHIPMENT_STATE.get(row["state"], row["state"]),
            "direction": "in" if key.startswith(BACK) else "out",
            "date": row["effective_date"],
            "lines": sorted(
                (_number(self.sales[line["sale"]]), move["product."]["code"], _went(move, line))
                for move in self.moves
                if move["shipment"] == key and move["state"] != "cancelled" and move["quantity"]
                and (line := self.line_of(move))
            ),
        }  # fmt: skip

    def bill(self, row: Row) -> Said:
        """A bill and what of it is open; Tryton says 0 for a draft."""
        due = [one["maturity_date"] for one in row["lines_to_pay."]]
        return {
            "customer": row["party."]["name"],
            "state": INVOICE_STATE.get(row["state"], row["state"]),
            "type": "credit_note" if row["total_amount"] < 0 else "invoice",
            "date": row["invoice_date"],
            "due": min(due, default=None),
            "credits": self.bills[row["origin_invoices"][0]]["number"] if row["origin_invoices"] else None,
            "total": row["total_amount"],
            "open": row["amount_to_pay"],
        }

    def payments(self) -> Said:
        """Movements of the bank, each with what it settles, and what was booked as paid without the bank."""
        found: Said = {
            line["move."]["number"]: {
                "customer": line["party."]["name"],
                "date": line["date"],
                "amount": line["credit"] - line["debit"],
                "settles": {self.bills[line["invoice_payments"][0]]["number"]: line["credit"] - line["debit"]},
            }
            for line in self.entries
            if not str(line["move."]["origin"]).startswith("account.statement,")
        }
        for line in self.money:
            one = found.setdefault(line["number"], {"customer": line["party."]["name"], "date": line["date"],
                                                    "amount": Decimal(0), "settles": {}})  # fmt: skip
            one["amount"] += line["amount"]
            if line["related_to"]:
                bill = self.bills[int(line["related_to"].partition(",")[2])]
                one["settles"][_number(bill)] = line["amount"]
        return found


def _went(move: Row, line: Row) -> Any:
    """What a move took to the customer, in the unit of the order's line; below zero where it came back."""
    qty = move["internal_quantity"] / line["unit."]["factor"]
    return -qty if str(move["shipment"]).startswith(BACK) else qty


def _by_id(rows: Iterable[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows}


def _number(row: Row) -> str:
    return row["number"] or f"draft-{row['id']}"


# --- the store -----------------------------------------------------------------------------------------------------------


def store_says() -> dict[str, Said]:
    """The same from Ordertrail's rows, without what it has taken as deleted."""
    orders = {order.pk: order for order in Order.objects.select_related("status", "customer")}
    return {
        "orders": {order.number: _order(order, order.status) for order in orders.values()},
        "shipments": {one.number: _shipment(one) for one in Shipment.objects.all()},
        "invoices": {one.number: _invoice(one) for one in Invoice.objects.all()},
        "payments": {one.number: _payment(one) for one in Payment.objects.filter(state="done")},
        "productions": {
            one.number: {"product": one.sku, "state": one.state, "planned": one.planned_qty,
                         "finished": one.finished_qty, "order": one.order.number if one.order else None}
            for one in WorkOrder.objects.all()
        },
        "opportunities": {
            one.number: {"customer": one.customer_name, "amount": one.value, "stage": one.stage,
                         "order": one.order.number if one.order else None}
            for one in Opportunity.objects.all()
        },
        "projects": {one.title: {"planned": one.planned_hours, "spent": one.spent_hours} for one in Project.objects.all()},
        "customers": dict(Customer.objects.values_list("code", "name")),
        "products": {one.sku: (one.name, one.cost, one.price) for one in Product.objects.all()},
    }  # fmt: skip


def _order(order: Order, status: OrderStatus) -> Said:
    went, billed = Counter[int](), Counter[int]()
    for move in ShipmentLine.objects.filter(order=order, counts=True):
        went[move.order_line_id or 0] += move.qty  # type: ignore[assignment]
    for bill in InvoiceLine.objects.filter(order=order, counts=True):
        billed[bill.order_line_id or 0] += bill.qty or 0  # type: ignore[assignment]
    papers = InvoiceLine.objects.filter(order=order).values_list("invoice__number", flat=True)
    moved = ShipmentLine.objects.filter(order=order).values_list("shipment__number", flat=True)
    return {
        "customer": order.customer.name if order.customer else None,
        "date": order.order_date,
        "promised": order.promised_date,
        "state": order.state,
        "reference": order.customer_number,
        "salesperson": order.salesperson,
        "lines": [
            (line.sku, line.qty, line.price, went[line.pk], billed[line.pk])
            for line in OrderLine.objects.filter(order=order).order_by("line")
        ],
        "total": status.ordered,
        "invoiced": status.invoiced,
        "paid": status.paid,
        "shipments": sorted(set(moved)),
        "invoices": sorted(set(papers)),
    }


def _shipment(shipment: Shipment) -> Said:
    return {
        "customer": shipment.customer_name,
        "state": shipment.state,
        "direction": shipment.direction,
        "date": shipment.shipped_date,
        "lines": sorted(
            (line.order.number if line.order else "", line.sku, line.qty)
            for line in shipment.lines.select_related("order")
        ),
    }


def _invoice(invoice: Invoice) -> Said:
    settled = Allocation.objects.filter(invoice=invoice, payment__state="done").values_list("amount", flat=True)
    assert invoice.total == sum(InvoiceShare.objects.filter(invoice=invoice).values_list("gross", flat=True))
    return {
        "customer": invoice.customer_name,
        "state": invoice.state,
        "type": invoice.type,
        "date": invoice.invoice_date,
        "due": invoice.due_date,
        "credits": invoice.credits.number if invoice.credits else None,
        "total": invoice.total,
        "open": invoice.total - sum(settled) if invoice.state == "posted" else 0,
    }


def _payment(payment: Payment) -> Said:
    for_orders = PaymentShare.objects.filter(payment=payment).values_list("amount", flat=True)
    settled = {one.invoice.number: one.amount for one in payment.allocations.select_related("invoice") if one.invoice}
    assert sum(for_orders) == sum(settled.values())
    return {"customer": payment.payer, "date": payment.paid_date, "amount": payment.amount, "settles": settled}
