"""A company that is driven from outside: every method is one call of the API exactly as api.md writes it, by a person's token.

A story reads like the day of a small company; figures come back as the texts that programs get.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from ordertrail.api.tests.calling import Answer, Program, program

Doc = Any
"""An answer as it came."""
Piece = tuple[str, int, object]
"""(order, line, quantity)"""
TODAY = "2026-09-16"


class No(Exception):
    """The company refused: status, code and the whole problem."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(
            f"{answer.status} {answer.body.get('code')}: {answer.body.get('detail')} {answer.body.get('errors')}"
        )
        self.status, self.code, self.body = answer.status, answer.body.get("code"), answer.body


def pieces(lines: Iterable[Piece]) -> list[Doc]:
    return [{"order": order, "line": line, "qty": str(qty)} for order, line, qty in lines]


@dataclass
class Desk:
    """What one person does through the API, and what was typed so far (to see that a refusal changed nothing)."""

    by: Program
    orders: list[str] = field(default_factory=list)
    skus: list[str] = field(default_factory=list)

    # --- calls

    def call(
        self, verb: str, path: str, body: Any = None, query: Doc | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The answer's body. No where it is a problem."""
        if verb == "GET":
            answer = self.by.get(path, query, headers)
        elif verb == "POST":
            answer = self.by.post(path, body, headers)
        else:
            answer = self.by.call(verb, path, json.dumps(body if body is not None else {}).encode(), query, headers)
        if answer.status >= 400:
            raise No(answer)
        return answer.body

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, headers=headers)

    # --- master data and stock

    def product(self, sku: str, *, price: object = "100", method: str = "fifo", **more: Any) -> Doc:
        body = {"sku": sku, "name": sku.title(), "price": str(price), "cost_method": method, **more}
        made = self.post("/products", body)
        self.skus.append(sku)
        return made

    def customer(self, code: str = "C1", addresses: Sequence[str] = ("main",), **more: Any) -> Doc:
        places = [{"code": each, "text": f"{each} street"} for each in addresses]
        return self.post("/customers", {"code": code, "name": f"Customer {code}", "addresses": places, **more})

    def receive(self, *lines: tuple[str, object, object], date: str = TODAY, **more: Any) -> Doc:
        told = [{"sku": sku, "qty": str(qty), "unit_cost": str(cost)} for sku, qty, cost in lines]
        return self.post("/receipts", {"date": date, "lines": told, **more})

    def adjust(self, reason: str, sku: str, qty: object, cost: object | None = None, **more: Any) -> Doc:
        line = {"sku": sku, "qty": str(qty)} | ({} if cost is None else {"unit_cost": str(cost)})
        return self.post("/adjustments", {"reason": reason, "lines": [line], **more})

    def stock(self, sku: str, **query: Any) -> Doc:
        """The product's ``stock`` with ``unit_cost`` and ``value``."""
        told = self.get(f"/products/{sku}", **query)
        return dict(told["stock"]) | {name: told[name] for name in ("unit_cost", "value") if name in told}

    # --- orders

    def draft(self, number: str | None, *lines: Any, customer: str = "C1", **more: Any) -> Doc:
        """An order typed; a line is (sku, qty), (sku, qty, price) or a whole object."""
        told = [
            line
            if isinstance(line, dict)
            else {"sku": line[0], "qty": str(line[1])} | ({"price": str(line[2])} if len(line) > 2 else {})
            for line in lines
        ]
        body = {"customer": customer, "lines": told, **more} | ({"number": number} if number else {})
        made = self.post("/orders", body)
        self.orders.append(made["id"])
        return made

    def order(self, number: str, *lines: Any, **more: Any) -> Doc:
        """An order typed and confirmed."""
        made = self.draft(number, *lines, **more)
        return self.do(made["id"], "confirm")

    def do(self, order: str, verb: str, **body: Any) -> Doc:
        """A verb of an order: quote, confirm, cancel, close, reopen, amend."""
        return self.post(f"/orders/{order}/{verb}", body)

    def amend(self, order: str, *lines: Doc, reason: str = "the customer called") -> Doc:
        return self.do(order, "amend", lines=list(lines), reason=reason)

    def see(self, order: str) -> Doc:
        return self.get(f"/orders/{order}")

    def line(self, order: str, line: int = 1) -> Doc:
        return next(each for each in self.see(order)["lines"] if each["line"] == line)

    def reserve(self, order: str, line: int, qty: object) -> Doc:
        return self.post("/reservations", {"order": order, "line": line, "qty": str(qty)})

    def unreserve(self, reservation: str) -> Any:
        return self.call("DELETE", f"/reservations/{reservation}")

    def choose(self, order: str, choice: str) -> Doc:
        """The one open exception's choice."""
        (waiting,) = [each for each in self.see(order)["exceptions"] if each["open"]]
        return self.post(f"/orders/{order}/exceptions/{waiting['id']}", {"choice": choice})

    # --- goods

    def propose(self, *orders: str) -> Any:
        return self.post("/shipments", {"orders": list(orders)})["items"]

    def load(self, *lines: Piece, **more: Any) -> Doc:
        """A draft shipment of these pieces."""
        return self.post("/shipments", {"lines": pieces(lines), **more})

    def ship(self, shipment: str, *lines: Piece, **more: Any) -> Doc:
        return self.post(f"/shipments/{shipment}/ship", ({"lines": pieces(lines)} if lines else {}) | more)

    def send(self, *lines: Piece, **more: Any) -> Doc:
        """These pieces drafted and shipped at once."""
        return self.ship(self.load(*lines)["id"], **more)

    def unship(self, shipment: str, **more: Any) -> Doc:
        return self.post(f"/shipments/{shipment}/cancel", more)

    def take_back(self, *lines: Piece, credit: bool = True, **more: Any) -> Doc:
        return self.post("/returns", {"lines": pieces(lines), "credit": credit, **more})

    # --- bills

    def bill(self, *orders: str, **more: Any) -> Any:
        """Drafts proposed for orders."""
        return self.post("/invoices", {"orders": list(orders), **more})["items"]

    def bill_lines(self, *lines: Piece, **more: Any) -> Doc:
        return self.post("/invoices", {"lines": pieces(lines), **more})

    def bill_amount(self, order: str, amount: object, **more: Any) -> Doc:
        return self.post("/invoices", {"order": order, "amount": str(amount), **more})

    def advance(self, order: str, amount: object, **more: Any) -> Doc:
        return self.bill_amount(order, amount, kind="advance", **more)

    def lower(self, invoice: str, line: int, qty: object) -> Doc:
        return self.call("PATCH", f"/invoices/{invoice}", {"lines": [{"line": line, "qty": str(qty)}]})

    def book(self, invoice: str, **more: Any) -> Doc:
        """POST /invoices/{n}/post."""
        return self.post(f"/invoices/{invoice}/post", more)

    def billed(self, *orders: str, **more: Any) -> Doc:
        """One invoice proposed and posted."""
        (made,) = self.bill(*orders)
        return self.book(made["id"], **more)

    def invoice(self, invoice: str) -> Doc:
        return self.get(f"/invoices/{invoice}")

    def void(self, invoice: str, **more: Any) -> Doc:
        return self.post(f"/invoices/{invoice}/cancel", more)

    def credit(self, invoice: str, *lines: tuple[int, object], **more: Any) -> Doc:
        told = [{"line": line, "qty": str(qty)} for line, qty in lines]
        return self.post(f"/invoices/{invoice}/credit", {"lines": told, **more})

    # --- money

    def pay(
        self, amount: object, on: Sequence[tuple[str, object]] | None = None, customer: str = "C1", **more: Any
    ) -> Doc:
        """A payment; ``on``: chosen allocations, None for the default rule, () for none."""
        chosen = {} if on is None else {"allocations": [{"invoice": name, "amount": str(part)} for name, part in on]}
        body = {"customer": customer, "date": TODAY, "amount": str(amount), **chosen, **more}
        return self.post("/payments", body)

    def allocate(self, payment: str, *on: tuple[str, object]) -> Doc:
        return self.post(f"/payments/{payment}/allocate", [{"invoice": name, "amount": str(part)} for name, part in on])

    def unallocate(self, payment: str, *on: tuple[str, object]) -> Doc:
        return self.post(
            f"/payments/{payment}/unallocate", [{"invoice": name, "amount": str(part)} for name, part in on]
        )

    def refund(self, payment: str, amount: object, **more: Any) -> Doc:
        return self.post(f"/payments/{payment}/refund", {"amount": str(amount), **more})

    def balance(self, code: str = "C1") -> Doc:
        return self.get(f"/customers/{code}")

    # --- held against

    def snapshot(self) -> list[Any]:
        """What would show a change: how many rows each table has (every verb adds some), and what the orders and products are."""
        return [
            rows(),
            *[self.see(order) for order in self.orders],
            *[self.get(f"/products/{sku}") for sku in self.skus],
        ]

    def refuses(self, code: str, try_it: Callable[..., Any], *args: Any, status: int = 409, **more: Any) -> Doc:
        """That the call is refused so ("": with whatever code), and that nothing has changed by it. The problem."""
        before = self.snapshot()
        with pytest.raises(No) as no:
            try_it(*args, **more)
        assert (no.value.status, no.value.code) == (status, code or no.value.code), no.value
        assert len(no.value.body["detail"]) > 10
        assert self.snapshot() == before
        return dict(no.value.body)


def rows() -> list[int]:
    """How many rows each table of the rooms has, by one query."""
    rooms = ("orders", "billing", "shipping", "stock", "catalog", "parties", "records", "desk", "api")
    tables = [model._meta.db_table for room in rooms for model in apps.get_app_config(room).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f'SELECT COUNT(*) FROM "{table}"' for table in tables))
        return [row[0] for row in cursor.fetchall()]


def opened(name: str = "dana", customer: bool = True) -> Desk:
    """A desk with customer C1."""
    desk = Desk(program(name))
    if customer:
        desk.customer()
    return desk


def by(name: str, like: Desk) -> Desk:
    """Another person at the same desk."""
    return Desk(program(name), like.orders, like.skus)


def D(text: object) -> Any:  # noqa: N802  # as in every story
    return Decimal(str(text))


def amounts(told: Doc, *names: str) -> list[Any]:
    """These figures of an order's ``amounts`` (or of an invoice)."""
    where = told.get("amounts", told)
    return [D(where[name]) for name in names]


def qtys(desk: Desk, order: str, *names: str, line: int = 1) -> list[Any]:
    """These figures of an order's line."""
    return amounts(desk.line(order, line), *names)


def axes(told: Doc) -> tuple[str, str, str, str]:
    status = told["status"]
    return status["order"], status["delivery"], status["invoicing"], status["payment"]
