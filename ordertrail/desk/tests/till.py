"""Chen bills and collects, through the API, what a ``Shop`` has typed and shipped: figures come back as programs get them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ordertrail.api.tests.calling import Answer, Program, program
from ordertrail.billing.models import (
    Allocation,
    Invoice,
    InvoiceLine,
    InvoiceShare,
    Payment,
    PaymentShare,
    Setoff,
    WriteOff,
)
from ordertrail.desk.confirm import confirm
from ordertrail.desk.tests.shop import Shop
from ordertrail.orders.models import OrderException, OrderStatus
from ordertrail.records.models import Number, Series, SourceDocument
from ordertrail.records.shapes import ProductRecord

Doc = dict[str, Any]
D = Decimal
DAY = "2026-09-16"

KEPT: tuple[Any, ...] = (
    Invoice, InvoiceLine, InvoiceShare, Payment, PaymentShare, Allocation, Setoff, WriteOff, OrderException, OrderStatus,
    SourceDocument, Number, Series,
)  # fmt: skip
"""What a refusal must leave as it was."""


def rows() -> list[list[Doc]]:
    """Every row of billing and what hangs on it."""
    return [list(model._default_manager.order_by("pk").values()) for model in KEPT]


class Till:
    """A shop, and Chen who bills and collects there; product FREE has no tax, LAMP the company's 13 %."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.chen: Program = program("chen")
        self.shop.product()
        self.shop.say(ProductRecord("FREE", "FREE", "Free", price=D(100), tax_rate=D(0)))

    # --- calls

    def call(self, verb: str, path: str, body: Any = None) -> Doc:
        """The answer's body; AssertionError where it is a problem."""
        answer = self.ask(verb, path, body)
        assert answer.status < 400, answer.body
        return dict(answer.body)

    def ask(self, verb: str, path: str, body: Any = None) -> Answer:
        sent = b"" if verb == "GET" else json.dumps({} if body is None else body).encode()
        return self.chen.call(verb, path, sent)

    def refused(self, code: str, verb: str, path: str, body: Any = None, status: int = 409) -> Doc:
        """That a call is refused so, in a sentence, and changes nothing; the problem."""
        before = rows()
        answer = self.ask(verb, path, body)
        assert (answer.status, answer.body["code"]) == (status, code), answer.body
        assert len(answer.body["detail"]) > 20
        assert rows() == before
        return dict(answer.body)

    # --- goods

    def sold(
        self,
        number: str,
        qty: object,
        price: object = 100,
        *,
        sku: str = "FREE",
        out: object | None = None,
        **more: Any,
    ) -> int:
        """An order of one line, confirmed and shipped (``out``: a part of it, 0 nothing)."""
        self.shop.receive(qty, 1, sku)
        order = self.shop.order(number, (sku, qty, price), **more)
        if out is None or out:
            self.shop.send((order, 1, qty if out is None else out))
        return order

    # --- invoices

    def propose(self, *orders: int, **more: Any) -> Doc:
        return self.call("POST", "/invoices", {"orders": [str(order) for order in orders], **more})

    def draft(self, *orders: int, **more: Any) -> Doc:
        """The one draft over these orders."""
        (made,) = self.propose(*orders, **more)["items"]
        return dict(made)

    def over(self, *lines: tuple[int, int, object], **more: Any) -> Doc:
        return self.call("POST", "/invoices", {"lines": pieces(*lines), **more})

    def amount(self, order: int, amount: object, **more: Any) -> Doc:
        return self.call("POST", "/invoices", {"order": str(order), "amount": str(amount), **more})

    def lower(self, invoice: str, line: int, qty: object) -> Doc:
        return self.call("PATCH", f"/invoices/{invoice}", {"lines": [{"line": line, "qty": str(qty)}]})

    def book(self, invoice: Doc, **more: Any) -> Doc:
        return self.call("POST", f"/invoices/{invoice['id']}/post", more)

    def billed(self, *orders: int, **more: Any) -> Doc:
        return self.book(self.draft(*orders), **more)

    def invoice(self, name: str) -> Doc:
        return self.call("GET", f"/invoices/{name}")

    def void(self, invoice: Doc, **more: Any) -> Doc:
        return self.call("POST", f"/invoices/{invoice['id']}/cancel", more)

    def credit(self, invoice: Doc, *lines: tuple[int, object], **more: Any) -> Doc:
        told = [{"line": line, "qty": str(qty)} for line, qty in lines]
        return self.call("POST", f"/invoices/{invoice['id']}/credit", {"lines": told, **more})

    # --- money

    def pay(self, amount: object, on: Any = None, **more: Any) -> Doc:
        """A payment; ``on``: chosen (invoice, amount), None for the default rule, () for none."""
        return self.call("POST", "/payments", payment(amount, on, **more))

    def allocate(self, payment: Doc, *on: tuple[Doc, object]) -> Doc:
        return self.call("POST", f"/payments/{payment['id']}/allocate", chosen(on))

    def unallocate(self, payment: Doc, *on: tuple[Doc, object]) -> Doc:
        return self.call("POST", f"/payments/{payment['id']}/unallocate", chosen(on))

    def refund(self, payment: Doc, amount: object, **more: Any) -> Doc:
        return self.call("POST", f"/payments/{payment['id']}/refund", {"amount": str(amount), **more})

    def payment(self, payment: Doc) -> Doc:
        return self.call("GET", f"/payments/{payment['id']}")

    def customer(self, code: str = "C1") -> Doc:
        return self.call("GET", f"/customers/{code}")

    def shop_confirm(self, order: int) -> int:
        return confirm(by=self.shop.anna, order=order)

    def status(self, order: int) -> Any:
        return self.shop.status(order)

    def paid(self, *orders: int) -> list[Any]:
        return [self.status(order).paid for order in orders]


def pieces(*lines: tuple[int, int, object]) -> list[Doc]:
    return [{"order": str(order), "line": line, "qty": str(qty)} for order, line, qty in lines]


def chosen(on: Any) -> list[Doc]:
    return [{"invoice": invoice["id"], "amount": str(amount)} for invoice, amount in on]


def payment(amount: object, on: Any = None, **more: Any) -> Doc:
    """The body of a payment."""
    return (
        {"customer": "C1", "date": DAY, "amount": str(amount)}
        | ({} if on is None else {"allocations": chosen(on)})
        | more
    )


def figures(document: Doc, *names: str) -> list[str]:
    return [document[name] for name in names]
