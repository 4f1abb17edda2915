"""A company that lives by chance: a history of numbers chooses verbs, each is called through the API and told to the oracle, and after
each step every answer that may have changed is held against it.

A history is a list of (verb, a, b, c); numbers choose among what is there, so that any part of a history is a history and a failing
one can be made small (``smallest``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from ordertrail.desk.laws import verify
from ordertrail.desk.tests import driving
from ordertrail.desk.tests.desk_oracle import Bill, Line, Order, Paper, Payment
from ordertrail.desk.tests.desk_oracle import No as Refusal
from ordertrail.desk.tests.desk_oracle_answers import Oracle
from ordertrail.desk.tests.desk_oracle_verbs import on
from ordertrail.desk.tests.driving import D

Step = tuple[str, int, int, int]
TODAY = date.fromisoformat(driving.TODAY)
GOODS = {
    "FIFO": {"method": "fifo"},
    "AVG": {"method": "average", "rate": "0.06"},
    "STD": {"method": "standard", "unit": "7"},
    "TOL": {"method": "fifo", "under": "0.1", "over": "0.25"},
    "NEG": {"method": "average", "unit": "4", "negative": True},
}
COSTS = ("60", "70", "10.01", "3.333333")
PRICES = ("100", "9.99", "0.35", "33.333", "80", "12.5")
PARTS = (Decimal(1), Decimal("0.5"), Decimal("0.25"))
CUSTOMERS = (("C1", "a"), ("C1", "a"), ("C1", "b"), ("C2", "a"))
VERBS = {
    "receive": 8, "lose": 1, "order": 6, "confirm": 6, "quote": 1, "amend_qty": 3, "amend_price": 2, "amend_sku": 1, "cancel": 1,
    "close": 2, "reopen": 3, "propose": 7, "load": 3, "ship": 8, "ship_part": 5, "unship": 4, "choose": 5, "take_back": 5,
    "bill": 9, "bill_lines": 3, "lower": 4, "post": 10, "void": 3, "credit": 2, "amount": 1, "advance": 1, "pay": 6,
    "pay_chosen": 4, "write_off": 1, "deposit": 2, "allocate": 4, "unallocate": 3, "refund": 2, "refund_note": 2,
    "reserve": 2, "unreserve": 1, "sell": 12,
}  # fmt: skip


import os
KNOWN = os.environ.get("KNOWN")


class Differs(AssertionError):
    """The product says something else than the oracle."""


def history(seed: int, length: int) -> list[Step]:
    """The history of a seed."""
    chance = Random(seed)  # a repeatable one
    verbs = chance.choices(list(VERBS), list(VERBS.values()), k=length)
    return [(verb, chance.randrange(1000), chance.randrange(1000), chance.randrange(1000)) for verb in verbs]


def one(of: Sequence[Any], number: int) -> Any:
    return of[number % len(of)]


class Company:
    """The company and its oracle, step by step."""

    def __init__(self) -> None:
        self.desk, self.oracle = driving.opened(customer=False), Oracle()
        self.shipments: dict[int, str] = {}
        self.bills: dict[int, str] = {}
        self.payments: list[str] = []
        self.reservations: list[tuple[str, str, int, Decimal]] = []
        self.numbers: dict[str, str] = {}
        self.seen: dict[str, Any] = {}
        self.log: list[str] = []
        for code in ("C1", "C2"):
            self.desk.customer(code, ("a", "b"))
        for sku, terms in GOODS.items():
            plain = {
                name: value if isinstance(value, bool) or name == "method" else D(value)
                for name, value in terms.items()
            }
            self.oracle.product(sku, **plain)
            product = self.oracle.products[sku]
            more: dict[str, Any] = {"tax_rate": str(product.rate), "allow_negative": product.negative}
            more |= {"under_tolerance": str(product.under), "over_tolerance": str(product.over)}
            if product.unit:
                more["standard_cost"] = str(product.unit)
            self.desk.product(sku, method=product.method, **more)
        self.oracle.product("HELP", service=True)
        self.desk.product("HELP", kind="service")

    # --- one step

    def step(self, step: Step) -> None:
        verb, *numbers = step
        getattr(self, verb)(*numbers)

    def both(
        self, said: str, ask: Callable[[], Any], know: Callable[[], Any], then: Callable[[Any, Any], None] | None = None
    ) -> bool:
        """The call and the oracle's verb; both do it or both refuse with the same code, and then all that changed is compared."""
        self.log.append(said)
        refused: set[str] = set()
        made = None
        try:
            made = know()
        except Refusal as no:
            refused = no.codes
        try:
            came = ask()
        except driving.No as no:
            if not refused:
                raise Differs(f"{said}: refused with {no}, the oracle does it") from None
            if no.code not in refused and "" not in refused:
                raise Differs(f"{said}: refused with {no.code}, the oracle with {sorted(refused)}") from None
            came = None
        else:
            if refused:
                raise Differs(f"{said}: done, the oracle refuses with {sorted(refused)}")
            if then:
                then(came, made)
        self.compare(said)
        return not refused

    def compare(self, said: str, *, everything: bool = False) -> None:
        """Every answer that the oracle says has changed, or all."""
        wanted: dict[str, Any] = {f"order {number}": self.oracle.order(number) for number in self.oracle.orders}
        wanted |= {f"product {sku}": self.oracle.stock(sku) for sku in GOODS}
        wanted |= {f"customer {code}": self.oracle.balance(code) for code in ("C1", "C2")}
        for name, want in wanted.items():
            if everything or self.seen.get(name) != want:
                self.seen[name] = want
                kind, _, key = name.partition(" ")
                wrong = list(differences(want, getattr(self, f"told_{kind}")(key), name))
                if wrong:
                    raise Differs(f"{said}: " + "; ".join(wrong[:6]))

    def told_order(self, number: str) -> Any:
        told = self.desk.see(number)
        drafts = []
        for each in told["shipments"]:
            if each["state"] == "draft":
                lines = self.desk.get(f"/shipments/{each['id']}")["lines"]
                drafts += [(x["order_line"], D(x["qty"])) for x in lines if x["order"] in (number, told["id"])]
        waiting = [
            (each["kind"], sorted((line["line"], D(line["qty"])) for line in each["lines"]))
            for each in told["exceptions"]
            if each["open"]
        ]
        return told | {"drafts": sorted(drafts), "exceptions": sorted(waiting)}

    def told_product(self, sku: str) -> Any:
        return self.desk.stock(sku)

    def told_customer(self, code: str) -> Any:
        return self.desk.balance(code)

    # --- what is there

    def of(self, *states: str) -> list[Order]:
        return [order for order in self.oracle.orders.values() if order.state in states]

    def lines(self, *states: str) -> list[Line]:
        return [line for order in self.of(*states) for line in order.lines]

    def carried(self, state: str) -> list[Paper]:
        return [shipment for shipment in self.oracle.shipments if shipment.state == state]

    def papers(self, state: str, kind: str = "") -> list[Bill]:
        return [
            bill
            for bill in self.oracle.bills
            if bill.state == state and kind in ("", bill.kind) and bill.name in self.bills
        ]

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

    def deducts(self, order: Order) -> bool:
        return any(order in bill.less or order in bill.money for bill in self.oracle.bills if bill.state != "gone")

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
            told = came["items"] if "items" in came else [came]
            (match,) = [
                each for each in told if self.carries(each) == {(x.order.number, x.no): q for x, q in own.lines.items()}
            ]
            self.shipments[own.name] = match["id"]

    def carries(self, told: Any) -> dict[tuple[str, int], Decimal]:
        return {
            (self.number(line["order"]), line["order_line"]): D(line["qty"])
            for line in told["lines"]
            if line["order_line"]
        }

    def number(self, name: str) -> str:
        if name not in self.oracle.orders and name not in self.numbers:
            self.numbers[name] = self.desk.see(name)["number"]
        return self.numbers.get(name, name)

    def some(self, orders: Sequence[Order], a: int, b: int) -> list[str]:
        """One to three of them, by number."""
        picked = {one(orders, a + n * b).number for n in range(1 + b % 3)}
        return sorted(picked)

    def propose(self, a: int, b: int, _c: int) -> None:
        if orders := self.of("confirmed"):
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
            picks[line] = D(int(qty * D("1.25"))) if c % 4 == 0 and alone else part
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

    def sell(self, a: int, b: int, c: int) -> None:
        """An order for which the goods are bought, shipped and often billed at once, so that the rest of a history has something to do."""
        self.order(a, b, c)
        number = f"SO-{len(self.oracle.orders)}"
        order = self.oracle.orders[number]
        for line in order.lines:
            if not line.product.service:
                self.bought(line.product.sku, line.qty, D(one(COSTS, a + line.no)))
        self.verb("confirm", order)
        if any(line.to_ship for line in order.lines):
            self.proposed([number])
            self.send(self.oracle.shipments[-1], None)
        if c % 3 and any(self.oracle.to_invoice(line) > 0 for line in order.lines):
            self.bills_proposed([number])
            self.posted(self.oracle.bills[-1])

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

    # --- bills

    def billed_as(self, came: Any, made: Any) -> None:
        for own in made if isinstance(made, list) else [made]:
            told = came["items"] if "items" in came else [came]
            (match,) = [
                each for each in told if self.carries(each) == {(x.order.number, x.no): q for x, q in own.lines.items()}
            ]
            self.bills[own.name] = match["id"]
            if D(match["total"]) != sum(own.share().values()):
                raise Differs(f"a draft of {match['total']}, the oracle {own.share()}")

    def billable(self) -> list[Order]:
        return [
            order for order in self.of("confirmed", "closed") if not self.oracle.money(order, "invoice", drafts=True)
        ]

    def bill(self, a: int, b: int, _c: int) -> None:
        if orders := self.billable():
            self.bills_proposed(self.some(orders, a, b))

    def bills_proposed(self, numbers: list[str]) -> None:
        self.both(
            f"bill {numbers}",
            lambda: self.desk.post("/invoices", {"orders": numbers}),
            lambda: self.oracle.bill(numbers),
            self.billed_as,
        )

    def bill_lines(self, a: int, b: int, _c: int) -> None:
        orders = [order for order in self.billable() if not self.deducts(order)]
        if lines := [line for order in orders for line in order.lines if self.oracle.base(line)]:
            line = one(lines, a)
            qty = D(1 + b % int(self.oracle.base(line) + 1))
            piece = (line.order.number, line.no, qty)
            self.both(
                f"bill {piece}",
                lambda: self.desk.bill_lines(piece),
                lambda: self.oracle.bill_lines({line: qty}),
                self.billed_as,
            )

    def lower(self, a: int, b: int, _c: int) -> None:
        drafts = [bill for bill in self.papers("draft") if bill.lines and not bill.less]
        if not drafts:
            return
        bill = one(drafts, a)
        line = one(list(bill.lines), b)
        qty = D(b % int(bill.lines[line] + 2))
        if not qty and len(bill.lines) == 1:
            return

        def ask() -> Any:
            told = self.desk.invoice(self.bills[bill.name])["lines"]
            (no,) = [
                x["line"] for x in told if (self.number(x["order"]), x["order_line"]) == (line.order.number, line.no)
            ]
            return self.desk.lower(self.bills[bill.name], no, qty)

        self.both(
            f"lower bill {bill.name} {line.order.number}/{line.no} to {qty}",
            ask,
            lambda: self.oracle.lower(bill.name, line, qty),
        )

    def post(self, a: int, b: int, _c: int) -> None:
        if bills := self.papers("draft") or (self.papers("posted", "invoice") if b % 9 == 0 else []):
            self.posted(one(bills, a))

    def posted(self, bill: Bill) -> None:
        def then(came: Any, _made: Any) -> None:
            shares = {self.number(share["order"]): D(share["gross"]) for share in came["shares"]}
            if shares != {order.number: part for order, part in bill.shares.items()}:
                raise Differs(f"shares {shares}, the oracle {[(o.number, part) for o, part in bill.shares.items()]}")

        self.both(
            f"post bill {bill.name}",
            lambda: self.desk.book(self.bills[bill.name]),
            lambda: self.oracle.post(bill.name, TODAY),
            then,
        )

    def void(self, a: int, b: int, _c: int) -> None:
        posted = [
            bill
            for bill in self.papers("posted", "invoice")
            if bill.lines and not bill.less and not bill.money and not any(bill.credited.values()) and not any(bill.off.values())
            and all(order.state == "confirmed" for order in bill.orders)
            and all(self.oracle.posted(line) >= qty for line, qty in bill.lines.items())
        ]  # fmt: skip
        drafts = [bill for bill in self.papers("draft") if not bill.money and not bill.less]
        if bills := posted if b % 3 else drafts:
            bill = one(bills, a)
            self.both(
                f"void bill {bill.name} ({bill.state})",
                lambda: self.desk.void(self.bills[bill.name]),
                lambda: self.oracle.void(bill.name),
            )

    def credit(self, a: int, b: int, _c: int) -> None:
        bills = [bill for bill in self.papers("posted", "invoice") if bill.lines and not any(bill.credited.values())]
        if not (bills := [bill for bill in bills if not bill.less]):
            return
        bill = one(bills, a)
        line = one(list(bill.lines), b)
        qty = min(D(1 + b % 3), bill.lines[line], max(self.oracle.posted(line), D(0)))
        if not qty:
            return

        def ask() -> Any:
            told = self.desk.invoice(self.bills[bill.name])["lines"]
            (no,) = [
                x["line"] for x in told if (self.number(x["order"]), x["order_line"]) == (line.order.number, line.no)
            ]
            return self.desk.credit(self.bills[bill.name], (no, qty))

        def then(came: Any, made: Bill) -> None:
            self.bills[made.name] = came["id"]

        self.both(
            f"credit {qty} of {line.order.number}/{line.no} on bill {bill.name}",
            ask,
            lambda: self.oracle.credit(bill.name, {line: qty}, TODAY),
            then,
        )

    def amount(self, a: int, b: int, _c: int) -> None:
        orders = [
            order
            for order in self.of("confirmed")
            if not any(self.oracle.posted(x) or on(self.oracle.bills, "draft", x) or x.returned for x in order.lines)
            and not any(bill.kind == "advance" and order in bill.money for bill in self.oracle.bills)
            and len({x.product.rate for x in order.lines}) == 1
        ]
        if orders:
            self.by_money(one(orders, a), D(1 + b % 300), "invoice")

    def advance(self, a: int, b: int, c: int) -> None:
        """On an order of which nothing is billed."""
        orders = [
            order
            for order in self.of("confirmed")
            if not any(self.oracle.posted(x) or on(self.oracle.bills, "draft", x) or x.returned for x in order.lines)
            and not self.deducts(order)
            and len({x.product.rate for x in order.lines}) == 1
        ]
        if orders:
            self.by_money(one(orders, a), D(1 + b % 9), "advance", c % 2 == 0)

    def by_money(self, order: Order, amount: Decimal, kind: str, blocks: bool = False) -> None:
        more: dict[str, Any] = {"kind": kind, "blocks_shipping": blocks} if kind == "advance" else {}

        def then(came: Any, made: Bill) -> None:
            self.bills[made.name] = came["id"]

        self.both(
            f"{kind} of {amount} for {order.number}{' blocks' if blocks else ''}",
            lambda: self.desk.bill_amount(order.number, amount, **more),
            lambda: self.oracle.bill_amount(order.number, amount, kind, blocks=blocks),
            then,
        )

    # --- money

    def paid_as(self, came: Any, _made: Payment) -> None:
        self.payments.append(came["id"])

    def pay(self, a: int, b: int, c: int) -> None:
        """By the default rule: what one bill is open, or some other amount."""
        customer = one(("C1", "C1", "C2"), a)
        bills = [
            bill
            for bill in self.papers("posted")
            if bill.customer == customer and bill.open > 0 and bill.kind != "credit_note"
        ]
        amount = one(bills, b).open if bills and c % 2 else D(1 + b % 500) + D(c % 100) / 100
        floats = c % 5 == 0
        self.both(
            f"pay {amount} of {customer}{', not allocated' if floats else ''}",
            lambda: self.desk.pay(amount, on=() if floats else None, customer=customer),
            lambda: self.oracle.pay(customer, amount, {} if floats else None),
            self.paid_as,
        )

    def pay_chosen(self, a: int, b: int, c: int, write_off: bool = False) -> None:
        bills = [bill for bill in self.papers("posted") if bill.open > 0 and bill.kind != "credit_note"]
        if not bills:
            return
        bill = one(bills, a)
        part = max(bill.open * one(PARTS, b), D("0.01")).quantize(D("0.01"))
        amount = part + D(c % 3) * 5 - (1 if c % 7 == 0 and part > 1 else 0)
        if write_off:
            amount = max(amount, part)
        self.both(
            f"pay {amount}, {part} on bill {bill.name}{', rest written off' if write_off else ''}",
            lambda: self.desk.pay(
                amount,
                on=[(self.bills[bill.name], part)],
                customer=bill.customer,
                difference="write_off" if write_off else "keep",
            ),
            lambda: self.oracle.pay(bill.customer, amount, {bill.name: part}, write_off=write_off),
            self.paid_as,
        )

    def write_off(self, a: int, b: int, c: int) -> None:
        self.pay_chosen(a, b, c, True)

    def deposit(self, a: int, b: int, _c: int) -> None:
        if orders := self.of("confirmed"):
            order, amount = one(orders, a), D(5 + b % 200)
            self.both(
                f"deposit {amount} for {order.number}",
                lambda: self.desk.pay(amount, customer=order.customer, deposit_for=order.number),
                lambda: self.oracle.pay(order.customer, amount, tied=order.number),
                self.paid_as,
            )

    def allocate(self, a: int, b: int, c: int) -> None:
        payments = [at for at, payment in enumerate(self.oracle.payments) if payment.left > 0]
        if not payments:
            return
        at = one(payments, a)
        payment = self.oracle.payments[at]
        bills = [
            bill
            for bill in self.papers("posted")
            if bill.open > 0 and bill.kind != "credit_note" and bill.customer == payment.customer
        ]
        if not bills:
            return
        bill = one(bills, b)
        amount = D(1 + c % 150) if c % 3 else min(payment.left, bill.open)
        self.both(
            f"allocate {amount} of payment {at} to bill {bill.name}",
            lambda: self.desk.allocate(self.payments[at], (self.bills[bill.name], amount)),
            lambda: self.oracle.allocate(at, bill.name, amount),
        )

    def unallocate(self, a: int, b: int, c: int) -> None:
        there = [
            (at, bill)
            for at, payment in enumerate(self.oracle.payments)
            for bill in {id(bill): bill for bill, parts in payment.shares if sum(parts.values())}.values()
            if not payment.tied
        ]
        if there:
            at, bill = one(there, a)
            amount = (
                D(1 + c % 60)
                if b % 2
                else sum((sum(p.values(), D(0)) for x, p in self.oracle.payments[at].shares if x is bill), D(0))
            )
            self.both(
                f"unallocate {amount} of payment {at} on bill {bill.name}",
                lambda: self.desk.unallocate(self.payments[at], (self.bills[bill.name], amount)),
                lambda: self.oracle.unallocate(at, bill.name, amount),
            )

    def refund(self, a: int, b: int, _c: int) -> None:
        payments = [at for at, payment in enumerate(self.oracle.payments) if payment.left > 0 and not payment.tied]
        if payments:
            at = one(payments, a)
            amount = D(1 + b % 60)
            self.both(
                f"refund {amount} of payment {at}",
                lambda: self.desk.refund(self.payments[at], amount),
                lambda: self.oracle.refund(at, amount),
            )

    def refund_note(self, a: int, b: int, _c: int) -> None:
        notes = [bill for bill in self.papers("posted", "credit_note") if bill.open > 0]
        if not notes:
            return
        note = one(notes, a)
        payments = [
            at
            for at, payment in enumerate(self.oracle.payments)
            if payment.customer == note.customer and payment.amount >= note.open
        ]
        if payments:
            at, amount = one(payments, b), note.open
            self.both(
                f"refund {amount} of credit note {note.name}",
                lambda: self.desk.refund(self.payments[at], amount, credit_note=self.bills[note.name]),
                lambda: self.oracle.refund(at, amount, note.name),
            )


def differences(want: Any, told: Any, place: str) -> list[str]:
    """Where an answer is not what the oracle says; it may say more."""
    if isinstance(want, dict):
        if "status" in want and want["status"]["order"] in ("draft", "quoted", "cancelled"):
            want = {"status": {"order": want["status"]["order"]}}
            want |= {"amounts": {"ordered": told["amounts"]["ordered"]}}
        return [wrong for name, one_of in want.items() for wrong in differences(one_of, told[name], f"{place} {name}")]
    if isinstance(want, list) and want and isinstance(want[0], dict):
        return [
            wrong for no, one_of in enumerate(want) for wrong in differences(one_of, told[no], f"{place}[{no + 1}]")
        ]
    if KNOWN and place.endswith("status payment"):
        return []
    same = D(told) == want if isinstance(want, Decimal) else told == want
    return [] if same else [f"{place} is {told}, not {want}"]


def play(steps: Sequence[Step], *, each_verified: bool = False) -> str:
    """What differs first, with everything that was said before it; "" when nothing does. The store is as before."""
    before = transaction.savepoint()
    company = Company()
    try:
        for step in steps:
            company.step(step)
            if each_verified:
                lawful()
        company.compare("at the end", everything=True)
        lawful()
    except Differs as wrong:
        return "\n".join([*company.log, f"=> {wrong}"])
    finally:
        transaction.savepoint_rollback(before)
    return ""


def lawful() -> None:
    """Differs where a law of the store is broken."""
    if broken := list(verify()):
        raise Differs(f"verify: {broken[:3]}")


def smallest(steps: Sequence[Step]) -> list[Step]:
    """A failing history without every step that it fails without."""
    left = list(steps)
    size = len(left) // 2
    while size:
        at = 0
        while at < len(left):
            fewer = left[:at] + left[at + size :]
            if play(fewer):
                left = fewer
            else:
                at += size
        size //= 2
    return left
