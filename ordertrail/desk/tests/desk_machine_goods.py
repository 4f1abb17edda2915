"""What chance does with stock, orders and goods; the guards say what the documents leave open."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from ordertrail.desk.tests.desk_company import COSTS, CUSTOMERS, GOODS, PARTS, PRICES, TODAY, Differs, one
from ordertrail.desk.tests.desk_machine_money import Bills
from ordertrail.desk.tests.desk_oracle import Bill, Line, Order, Paper
from ordertrail.desk.tests.desk_oracle_books import on
from ordertrail.desk.tests.driving import D


class Goods(Bills):
    """Verbs of stock, orders and shipments; numbers choose among what is there."""

    # --- stock

    def receive(self, a: int, b: int, c: int) -> None:
        self.bought(one(list(GOODS), a), D(1 + b % 25), D(one(COSTS, c)))

    def bought(self, sku: str, qty: Decimal, cost: Decimal) -> None:
        self.both(
            f"receive {qty} {sku} at {cost}",
            lambda: self.desk.receive((sku, qty, cost)),
            lambda: self.oracle.receive(sku, qty, cost),
        )

    def lose(self, a: int, b: int, _c: int) -> None:
        sku, qty = one(list(GOODS), a), D(1 + b % 3)
        if not self.oracle.products[sku].negative:
            self.both(
                f"lose {qty} {sku}", lambda: self.desk.adjust("loss", sku, -qty), lambda: self.oracle.lose(sku, qty)
            )

    def reserve(self, a: int, b: int, _c: int) -> None:
        lines = [line for line in self.lines("confirmed") if line.order.manual and not line.product.service]
        if lines:
            line, qty = one(lines, a), D(1 + b % 4)
            number, no = line.order.number, line.no
            self.both(
                f"reserve {qty} of {number}/{no}",
                lambda: self.desk.reserve(number, no, qty),
                lambda: self.oracle.reserve(number, no, qty),
                lambda came, _made: self.reservations.append((came["id"], number, no, qty)),
            )

    def unreserve(self, *_: int) -> None:
        if not self.reservations:
            return
        name, number, no, qty = self.reservations.pop()
        line = self.oracle.orders[number].lines[no - 1]
        mine = sum(each[3] for each in self.reservations if each[1:3] == (number, no)) + qty
        if line.reserved == mine:  # nothing of it was shipped or released meanwhile
            self.both(
                f"unreserve {number}/{no}",
                lambda: self.desk.unreserve(name),
                lambda: self.oracle.unreserve(number, no, qty),
            )

    # --- orders

    def order(self, a: int, b: int, c: int) -> None:
        number, (customer, address) = f"SO-{len(self.oracle.orders) + 1}", one(CUSTOMERS, a)
        chance = Random(a * 1_000_000 + b * 1000 + c)  # a repeatable one
        picked = [chance.choice([*GOODS, "FIFO", "FIFO", "HELP"]) for _ in range(1 + b % 3)]
        lines = [
            (sku, D(chance.randint(1, 10)), D(chance.choice(PRICES)), D(chance.choice(("0", "0", "0.15"))))
            for sku in picked
        ]
        included = chance.random() < 0.1
        discount, policy = D(chance.choice(("0", "0", "0.033"))), chance.choice(("delivered", "delivered", "ordered"))
        manual = chance.random() < 0.15
        told = [{"sku": s, "qty": str(q), "price": str(p), "discount": str(d)} for s, q, p, d in lines]
        terms = {
            "ship_to": address,
            "discount": str(discount),
            "invoice_policy": policy,
            "prices_include_tax": included,
        }
        self.both(
            f"order {number} of {customer} {lines} {terms}",
            lambda: self.desk.draft(
                number, *told, customer=customer, reserve="manual" if manual else "at_confirm", **terms
            ),
            lambda: self.oracle.draft(
                number,
                lines,
                customer=customer,
                address=address,
                discount=discount,
                policy=policy,
                included=included,
                manual=manual,
            ),
        )

    def verb(self, name: str, order: Order, **body: Any) -> None:
        self.both(
            f"{name} {order.number}",
            lambda: self.desk.do(order.number, name, **body),
            lambda: getattr(self.oracle, name)(order.number),
        )

    def quote(self, a: int, *_: int) -> None:
        if orders := self.of("draft"):
            self.verb("quote", one(orders, a), accept=["stock_short"])

    def confirm(self, a: int, *_: int) -> None:
        if orders := self.of("draft", "quoted") or (self.of("confirmed") if a % 9 == 0 else []):
            self.verb("confirm", one(orders, a))

    def amend(self, line: Line, **change: Any) -> None:
        body = {"line": line.no} | {name: str(value) for name, value in change.items()}
        self.both(
            f"amend {line.order.number}/{line.no} {change}",
            lambda: self.desk.amend(line.order.number, body),
            lambda: self.oracle.amend(line.order.number, line.no, **change),
        )

    def amendable(self) -> list[Line]:
        """Lines whose change moves no piece of what is shipped or billed by a cent, and asks no exception twice."""

        def quiet(line: Line) -> bool:
            done = any(x.issues or self.oracle.posted(x) for x in line.order.lines)
            return not done or not (line.order.discount or line.discount or line.price == D("33.333"))

        lines = [line for line in self.lines("confirmed") if quiet(line) and not line.cancelled and not line.unbilled]
        return [
            line for line in lines if not self.oracle.money(line.order, drafts=True) and not self.deducts(line.order)
        ]

    def amend_qty(self, a: int, b: int, _c: int) -> None:
        if lines := self.amendable():
            self.amend(one(lines, a), qty=D(1 + b % 12))

    def amend_price(self, a: int, b: int, _c: int) -> None:
        if lines := self.amendable():
            self.amend(one(lines, a), price=D(one(PRICES, b)))

    def amend_sku(self, a: int, b: int, _c: int) -> None:
        swaps = ("FIFO", "STD")
        if lines := [line for line in self.amendable() if line.product.sku in swaps]:
            self.amend(one(lines, a), sku=one(swaps, b))

    def cancel(self, a: int, *_: int) -> None:
        orders = self.of("draft", "quoted", "confirmed")
        orders = [
            order
            for order in orders
            if (
                not any(line.returned or line.unbilled or (line.issues and not line.shipped) for line in order.lines)
                and not self.deducts(order)
                and not any(bill.shares.get(order) for bill in self.oracle.bills)
            )
            or any(line.shipped > line.returned or self.oracle.posted(line) > 0 for line in order.lines)
        ]
        if orders:
            self.verb("cancel", one(orders, a))

    def close(self, a: int, *_: int) -> None:
        orders = [order for order in self.of("confirmed") if not any(line.product.service for line in order.lines)]
        if orders := [order for order in orders if not self.deducts(order)]:
            self.verb("close", one(orders, a))

    def reopen(self, a: int, *_: int) -> None:
        orders = [order for order in self.of("closed") if self.oracle.status(order)["order"] == "closed"]
        if orders:
            self.verb("reopen", one(orders, a))

    def choose(self, a: int, b: int, _c: int) -> None:
        waiting = [
            (order, at)
            for order in self.of("confirmed", "closed")
            for at, each in enumerate(order.waiting)
            if each.open
        ]
        if not waiting:
            return
        order, at = one(waiting, a)
        kind, choice = order.waiting[at].kind, one(("recreate", "ignore"), b)
        mine = sum(each.kind == kind for each in order.waiting[:at])

        def ask() -> Any:
            told = [each for each in self.desk.see(order.number)["exceptions"] if each["kind"] == kind]
            told.sort(key=lambda each: int(each["id"]) if str(each["id"]).isdigit() else 0)
            return self.desk.post(f"/orders/{order.number}/exceptions/{told[mine]['id']}", {"choice": choice})

        def then(came: Any, made: Any) -> None:
            if (made is None) != (came["created"] is None):
                raise Differs(f"{choice} of {kind} made {came['created']}, the oracle {made}")
            if made is not None:
                (self.bills if isinstance(made, Bill) else self.shipments)[made.name] = came["created"]["id"]

        self.both(f"{choice} {kind} of {order.number}", ask, lambda: self.oracle.choose(order.number, at, choice), then)

    # --- goods

    def shipped_as(self, came: Any, made: Any) -> None:
        """Which id each of the oracle's new shipments has."""
        for own in made if isinstance(made, list) else [made]:
            told = came.get("items", [came])
            (match,) = [
                each for each in told if self.carries(each) == {(x.order.number, x.no): q for x, q in own.lines.items()}
            ]
            self.shipments[own.name] = match["id"]

    def propose(self, a: int, b: int, c: int) -> None:
        ready = [order for order in self.of("confirmed") if any(self.oracle.to_draft(x) > 0 for x in order.lines)]
        if orders := ready if c % 8 and ready else self.of("confirmed"):
            self.proposed(self.some(orders, a, b))

    def proposed(self, numbers: list[str]) -> None:
        self.both(
            f"propose {numbers}",
            lambda: self.desk.post("/shipments", {"orders": numbers}),
            lambda: self.oracle.propose(numbers),
            self.shipped_as,
        )

    def load(self, a: int, b: int, c: int) -> None:
        if lines := [line for line in self.lines("confirmed") if line.to_ship]:
            line = one(lines, a)
            qty = D(1 + b % int(line.to_ship + 1)) if line.to_ship >= 1 else line.to_ship
            piece = (line.order.number, line.no, qty)
            self.both(
                f"load {piece}", lambda: self.desk.load(piece), lambda: self.oracle.load({line: qty}), self.shipped_as
            )

    def ship(self, a: int, *_: int) -> None:
        if drafts := self.carried("draft"):
            self.send(one(drafts, a), None)

    def ship_part(self, a: int, b: int, c: int) -> None:
        """A part of each line; now and then a quarter more than is drafted, where nothing else of the line is on a draft."""
        if not (drafts := self.carried("draft")):
            return
        shipment = one(drafts, a)
        picks = {}
        for line, qty in shipment.lines.items():
            part = max(D(int(qty * one(PARTS, b))), min(qty, D(1)))
            alone = (
                on(self.oracle.shipments, "draft", line) == qty == line.to_ship
                and line.order.policy == "delivered"
                and not line.cancelled
            )
            picks[line] = D(int(qty * D("1.25"))) if c % 2 == 0 and alone else part
        self.send(shipment, picks)

    def send(self, shipment: Paper, picks: dict[Line, Decimal] | None) -> None:
        pieces = [(line.order.number, line.no, qty) for line, qty in (picks or {}).items()]

        def then(came: Any, made: Any) -> None:
            if (made is None) != (came["remainder"] is None):
                raise Differs(f"remainder {came['remainder']}, the oracle {made}")
            if made is not None:
                self.shipments[made.name] = came["remainder"]

        self.both(
            f"ship {shipment.name} {pieces or 'all'}",
            lambda: self.desk.ship(self.shipments[shipment.name], *pieces),
            lambda: self.oracle.ship(shipment.name, picks),
            then,
        )

    def unship(self, a: int, b: int, _c: int) -> None:
        """A draft, or a done one of orders that are open and of which nothing has come back since."""
        done = [
            each
            for each in self.carried("done")
            if all(
                line.order.state == "confirmed" and not line.order.manual and not line.returned for line in each.lines
            )
        ]
        shipments = done if b % 2 else self.carried("draft")
        if shipments:
            shipment = one(shipments, a)
            self.both(
                f"cancel shipment {shipment.name} ({shipment.state})",
                lambda: self.desk.unship(self.shipments[shipment.name]),
                lambda: self.oracle.unship(shipment.name),
            )

    def take_back(self, a: int, b: int, c: int) -> None:
        """At most what is left of the line's latest shipment; under policy *ordered* not what went out beyond the order."""
        lines = [line for line in self.lines("confirmed", "closed") if line.issues]
        lines = [
            line for line in lines if line.order.policy == "delivered" or line.shipped <= line.qty - line.cancelled
        ]
        lines = [line for line in lines if not line.unbilled and not self.deducts(line.order)]
        if not lines:
            return
        line = one(lines, a)
        last = line.issues[-1]
        qty, credit = min(D(1 + b % 5), last.qty - last.back) or D(1), c % 5 > 0
        if qty > last.qty - last.back and line.shipped > line.returned:
            return

        def then(came: Any, made: Any) -> None:
            if (made is None) != (came["credit_note"] is None):
                raise Differs(f"credit note {came['credit_note']}, the oracle {made}")
            if made is not None:
                self.bills[made.name] = came["credit_note"]

        piece = (line.order.number, line.no, qty)
        self.both(
            f"return {piece} credit {credit}",
            lambda: self.desk.take_back(piece, credit=credit),
            lambda: self.oracle.take_back(line, qty, TODAY, credit=credit),
            then,
        )
