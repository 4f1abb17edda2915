"""A company that lives by chance: a history of numbers chooses verbs, each is called through the API and told to the oracle, and after
each step every answer that may have changed is held against it.

A history is a list of (verb, a, b, c); numbers choose among what is there, so that any part of a history is a history and a failing
one can be made small (``smallest``).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from django.db import transaction

from ordertrail.desk.laws import verify
from ordertrail.desk.tests.desk_company import COSTS, Differs, one
from ordertrail.desk.tests.desk_machine_goods import Goods
from ordertrail.desk.tests.driving import D

Step = tuple[str, int, int, int]
VERBS = {
    "receive": 8, "lose": 1, "order": 6, "confirm": 6, "quote": 1, "amend_qty": 3, "amend_price": 2, "amend_sku": 1, "cancel": 1,
    "close": 2, "reopen": 3, "propose": 7, "load": 3, "ship": 8, "ship_part": 5, "unship": 4, "choose": 5, "take_back": 5,
    "bill": 9, "bill_lines": 3, "lower": 4, "post": 10, "void": 3, "credit": 2, "amount": 1, "advance": 1, "pay": 6,
    "pay_chosen": 4, "write_off": 1, "deposit": 2, "allocate": 4, "unallocate": 3, "refund": 2, "refund_note": 2,
    "reserve": 2, "unreserve": 1, "sell": 8, "collect": 9, "prepay": 7, "shrink": 8,
}  # fmt: skip


def history(seed: int, length: int) -> list[Step]:
    """The history of a seed."""
    chance = Random(seed)  # a repeatable one
    verbs = chance.choices(list(VERBS), list(VERBS.values()), k=length)
    return [(verb, chance.randrange(1000), chance.randrange(1000), chance.randrange(1000)) for verb in verbs]


class Life(Goods):
    """A company with all verbs."""

    def step(self, step: Step) -> None:
        verb, *numbers = step
        getattr(self, verb)(*numbers)

    def sell(self, a: int, b: int, c: int) -> None:
        """An order for which the goods are bought, shipped and often billed at once, so that bills have something to do."""
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

    def collect(self, a: int, b: int, c: int) -> None:
        """Two or three orders sold, billed together and paid in part."""
        for n in range(2 + a % 2):
            self.sell(4 * (a + n), b + n, 3 * c)  # all of one customer and address
        self.bill(a, 2, 1)
        if bills := self.papers("draft"):
            self.posted(bills[-1])
        if bills := [bill for bill in self.papers("posted", "invoice") if bill.open > 0]:
            bill = bills[-1]
            part = (bill.open / 3).quantize(bill.open)
            self.both(
                f"pay {part} of bill {bill.name}",
                lambda: self.desk.pay(part, on=[(self.bills[bill.name], part)], customer=bill.customer),
                lambda: self.oracle.pay(bill.customer, part, {bill.name: part}),
                self.paid_as,
            )

    def prepay(self, a: int, b: int, _c: int) -> None:
        """An advance that blocks shipping, an attempt to ship, then the money, the goods and the rest of the bill."""
        self.advance(a, b, 0)
        if bills := self.papers("draft", "advance"):
            self.posted(bills[-1])
            (order,) = bills[-1].orders
            for line in order.lines:
                if line.to_ship:
                    self.bought(line.product.sku, line.qty, D(COSTS[0]))
            if any(self.oracle.to_draft(line) > 0 for line in order.lines):
                self.proposed([order.number])
                self.send(self.oracle.shipments[-1], None)
            self.pay(1 if order.customer == "C1" else 2, 0, 1)
            self.bills_proposed([order.number])

    def shrink(self, a: int, b: int, c: int) -> None:
        """An order on several drafts, then amended to less, closed, or cut by an exception."""
        for n in range(2):
            self.load(a, b + n, c)
        if not (drafts := self.carried("draft")):
            return
        line = next(iter(drafts[-1].lines))
        closable = not self.deducts(line.order) and not any(x.product.service for x in line.order.lines)
        if c % 3 == 0 and line in self.amendable():
            self.amend(line, qty=D(1))
        elif c % 3 == 1 and closable:
            self.verb("close", line.order)
        else:
            self.unship(a, 0, c)


def play(steps: Sequence[Step], *, each_verified: bool = False) -> str:
    """What differs first, with everything that was said before it; "" when nothing does. The store is as before."""
    before = transaction.savepoint()
    company = Life()
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
