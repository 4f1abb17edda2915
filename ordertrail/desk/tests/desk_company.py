"""A company that is driven through the API and told to the oracle at once: what both do, and where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ordertrail.desk.tests import driving
from ordertrail.desk.tests.desk_oracle import Bill, Line, Order, Paper
from ordertrail.desk.tests.desk_oracle import No as Refusal
from ordertrail.desk.tests.desk_oracle_answers import Oracle
from ordertrail.desk.tests.driving import D

TODAY = date.fromisoformat(driving.TODAY)
GOODS: dict[str, dict[str, Any]] = {
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


class Differs(AssertionError):
    """The product says something else than the oracle."""


def one(of: Sequence[Any], number: int) -> Any:
    return of[number % len(of)]


class Company:
    """The company and its oracle, and how the two are held against each other."""

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

    def deducts(self, order: Order) -> bool:
        return any(order in bill.less or order in bill.money for bill in self.oracle.bills if bill.state != "gone")

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
    same = D(told) == want if isinstance(want, Decimal) else told == want
    return [] if same else [f"{place} is {told}, not {want}"]
