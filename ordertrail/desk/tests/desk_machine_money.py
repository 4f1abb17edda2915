"""What chance does with bills and money; the guards say what the documents leave open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ordertrail.desk.tests.desk_company import PARTS, TODAY, Company, Differs, one
from ordertrail.desk.tests.desk_oracle import Bill, Order, Payment
from ordertrail.desk.tests.desk_oracle_books import on
from ordertrail.desk.tests.driving import D


class Bills(Company):
    """Verbs of invoices, credit notes and payments."""

    # --- bills

    def billed_as(self, came: Any, made: Any) -> None:
        for own in made if isinstance(made, list) else [made]:
            told = came.get("items", [came])
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

    def bill(self, a: int, b: int, c: int) -> None:
        ready = [order for order in self.billable() if any(self.oracle.to_invoice(x) > 0 for x in order.lines)]
        if orders := ready if c % 8 and ready else self.billable():
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
