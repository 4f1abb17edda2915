"""The oracle's bills and money: what api.md §3 bills, credits and collects, as domain.md §1.4, §1.5 and §1.10 say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ordertrail.desk.tests.desk_oracle import CENT, ZERO, Goods, Line, No, Order, Waiting, allow, up

Sums = dict[Order, Decimal]


def document(pieces: Iterable[tuple[Line, Decimal]]) -> tuple[Decimal, Decimal]:
    """Net and gross of pieces (line, quantity) as one document: tax rounded once for each rate."""
    by_rate: dict[tuple[Decimal, bool], Decimal] = {}
    for line, qty in pieces:
        key = line.product.rate, line.order.included
        by_rate[key] = by_rate.get(key, ZERO) + line.piece(qty)
    net = gross = ZERO
    for (rate, included), amount in by_rate.items():
        net += up(amount, 1 + rate) if included else amount
        gross += amount if included else amount + up(amount * rate)
    return net, gross


def divided(amount: Decimal, opens: Sums) -> Sums:
    """An amount over orders by what is open of each: by number, the last takes the residual."""
    orders = sorted((order for order, part in opens.items() if part), key=lambda order: order.number)
    total = sum(opens.values(), ZERO)
    parts = {order: up(amount * opens[order], total) for order in orders[:-1]}
    return parts | {order: amount - sum(parts.values(), ZERO) for order in orders[-1:]}


@dataclass(eq=False)
class Bill:
    """An invoice, or (negative quantities and shares) a credit note. ``money``: of an amount or an advance; ``less``: deducted advances."""

    name: int
    kind: str
    customer: str
    lines: dict[Line, Decimal] = field(default_factory=dict)
    money: Sums = field(default_factory=dict)
    less: Sums = field(default_factory=dict)
    blocks: bool = False
    state: str = "draft"
    seq: int = 0
    due: date = date.min
    shares: Sums = field(default_factory=dict)
    paid: Sums = field(default_factory=dict)
    credited: Sums = field(default_factory=dict)
    off: Sums = field(default_factory=dict)

    @property
    def orders(self) -> list[Order]:
        return sorted({line.order for line in self.lines} | set(self.money), key=lambda order: order.number)

    def share(self) -> Sums:
        """Each order's part, rounded like a document of its own; the last takes the residual of the whole."""
        total = document(self.lines.items())[1]
        own = {o: document((x, q) for x, q in self.lines.items() if x.order is o)[1] for o in self.orders}
        if own:
            own[self.orders[-1]] += total - sum(own.values(), ZERO)
        return {o: part + self.money.get(o, ZERO) - self.less.get(o, ZERO) for o, part in own.items()}

    def opens(self) -> Sums:
        """What is open of each order's part (of a credit note: what it still gives, positive)."""
        sign = -1 if self.kind == "credit_note" else 1
        taken = (self.paid, self.credited, self.off)
        return {o: sign * part - sum((each.get(o, ZERO) for each in taken), ZERO) for o, part in self.shares.items()}

    @property
    def open(self) -> Decimal:
        return sum(self.opens().values(), ZERO) if self.state == "posted" else ZERO


def add(into: Sums, parts: Sums, sign: int = 1) -> None:
    for order, amount in parts.items():
        into[order] = into.get(order, ZERO) + sign * amount


@dataclass(eq=False)
class Payment:
    customer: str
    amount: Decimal
    tied: Order | None = None
    shares: list[tuple[Bill, Sums]] = field(default_factory=list)
    gone: Decimal = ZERO  # refunded or written off

    @property
    def left(self) -> Decimal:
        return self.amount - self.gone - sum((sum(parts.values(), ZERO) for _, parts in self.shares), ZERO)


class Bills(Goods):
    """Invoices, credit notes and payments."""

    def __init__(self) -> None:
        super().__init__()
        self.bills: list[Bill] = []
        self.payments: list[Payment] = []
        self.posts = 0

    def _of(self, state: str) -> list[Bill]:
        return [bill for bill in self.bills if bill.state == state]

    def posted(self, line: Line) -> Decimal:
        return sum((bill.lines.get(line, ZERO) for bill in self._of("posted")), ZERO)

    def on_bills(self, line: Line) -> Decimal:
        return sum((bill.lines.get(line, ZERO) for bill in self._of("draft")), ZERO)

    def money(self, order: Order, kind: str = "", drafts: bool = False) -> Decimal:
        """Billed as money: posted amounts and advances, less what was deducted."""
        bills = self._of("posted") + (self._of("draft") if drafts else [])
        return sum(
            (b.money.get(order, ZERO) - b.less.get(order, ZERO) for b in bills if kind in ("", b.kind) or b.less), ZERO
        )

    def blocked(self, order: Order) -> bool:
        return any(bill.blocks and bill.opens().get(order, ZERO) > 0 for bill in self._of("posted"))

    def base(self, line: Line) -> Decimal:
        if line.order.policy == "delivered" and not line.product.service:
            return max(line.shipped - line.returned - line.unbilled, ZERO)
        return max(line.qty - line.cancelled - line.credited - line.unbilled, ZERO)

    def to_invoice(self, line: Line) -> Decimal:
        return self.base(line) - self.posted(line) - self.on_bills(line)

    def settle_bills(self, order: Order) -> None:
        """Draft lines are lowered to what is still open, newest first."""
        for line in order.lines:
            for bill in reversed(self._of("draft")):
                too_many = min(max(-self.to_invoice(line), ZERO), bill.lines.get(line, ZERO))
                if too_many and self.on_bills(line):
                    self._cut(bill, line, bill.lines[line] - too_many)

    def _cut(self, bill: Bill, line: Line, qty: Decimal) -> None:
        bill.lines[line] = qty
        if not qty:
            del bill.lines[line]
        if not bill.lines and not bill.money:
            bill.state = "gone"

    def _settle(self, order: Order) -> None:
        super()._settle(order)
        if order.state == "cancelled":
            for bill in self._of("draft"):
                for line in [line for line in bill.lines if line.order is order]:
                    self._cut(bill, line, ZERO)
        self.settle_bills(order)

    # --- bills

    def _bill(self, kind: str, customer: str, **more: object) -> Bill:
        self.bills.append(Bill(len(self.bills), kind, customer, **more))  # type: ignore[arg-type]
        return self.bills[-1]

    def bill(self, numbers: list[str]) -> list[Bill]:
        orders = [self.orders[number] for number in numbers]
        allow(not_confirmed=any(order.state not in ("confirmed", "closed") for order in orders))
        by_key: dict[tuple[str, bool], dict[Line, Decimal]] = {}
        for order in orders:
            wanted = {line: self.to_invoice(line) for line in order.lines if self.to_invoice(line) > 0}
            by_key.setdefault((order.customer, order.included), {}).update(wanted)
        made = [self._bill("invoice", key[0], lines=lines) for key, lines in by_key.items() if lines]
        allow(nothing_to_invoice=not made)
        for each in made:
            for order, part in each.share().items():
                less = min(self.money(order, "advance", drafts=True), part)
                each.less |= {order: less} if less > 0 else {}
        return made

    def bill_lines(self, lines: dict[Line, Decimal]) -> Bill:
        allow(
            not_confirmed=any(line.order.state not in ("confirmed", "closed") for line in lines),
            over_billed=any(qty > self.base(line) - self.posted(line) for line, qty in lines.items()),
            on_draft=any(qty > self.to_invoice(line) and self.on_bills(line) for line, qty in lines.items()),
        )
        return self._bill("invoice", next(iter(lines)).order.customer, lines=lines)

    def bill_amount(self, number: str, amount: Decimal, kind: str = "invoice", blocks: bool = False) -> Bill:
        order = self.orders[number]
        allow(not_confirmed=order.state != "confirmed")
        most = document((x, x.qty - x.cancelled if kind == "advance" else self.base(x)) for x in order.lines)[1]
        allow(over_billed=amount > most - self.money(order, drafts=True))
        return self._bill(kind, order.customer, money={order: amount}, blocks=blocks)

    def lower(self, name: int, line: Line, qty: Decimal) -> None:
        bill = self.bills[name]
        allow(over_billed=qty > bill.lines[line] + self.to_invoice(line))
        self._cut(bill, line, qty)

    def post(self, name: int, day: date) -> None:
        bill = self.bills[name]
        allow(already_posted=bill.state == "posted")
        self.posts += 1
        bill.shares, bill.state, bill.seq, bill.due = bill.share(), "posted", self.posts, day
        for payment in self.payments:
            if payment.tied and payment.left:
                self._allocate_tied(payment)

    def void(self, name: int) -> None:
        bill = self.bills[name]
        if bill.state == "draft":
            bill.state = "gone"
            return
        allow(has_payments=any(bill.paid.values()))
        bill.state = "cancelled"
        self.posts += 1
        for order in bill.orders:
            held = {line: qty for line, qty in bill.lines.items() if line.order is order}
            order.waiting.append(Waiting("invoice_cancelled", held))

    def choose_bill(self, number: str, at: int, choice: str) -> Bill | None:
        """Of a cancelled invoice; what was made."""
        order = self.orders[number]
        waiting = order.waiting[at]
        waiting.open = False
        still = {line: min(qty, self.to_invoice(line)) for line, qty in waiting.lines.items()}
        lines = {line: qty for line, qty in still.items() if qty > 0}
        if choice == "ignore":
            for line, qty in lines.items():
                line.unbilled += qty
            return None
        return self._bill("invoice", order.customer, lines=lines) if lines else None

    def _credit(self, customer: str, lines: dict[Line, Decimal], on: list[Bill], day: date) -> Bill:
        """A posted credit note, set against its orders' parts of these invoices."""
        note = self._bill("credit_note", customer, lines={line: -qty for line, qty in lines.items()})
        self.posts += 1
        note.shares, note.state, note.seq, note.due = note.share(), "posted", self.posts, day
        for bill in on:
            for order, part in note.opens().items():
                taken = {order: min(part, max(bill.opens().get(order, ZERO), ZERO))}
                add(bill.credited, taken)
                add(note.credited, taken)
        return note

    def credit(self, name: int, lines: dict[Line, Decimal], day: date) -> Bill:
        bill = self.bills[name]
        return self._credit(bill.customer, lines, [bill], day)

    def returned(self, line: Line, qty: Decimal, day: date, credit: bool = True) -> Bill | None:
        """Goods come back; the credit note."""
        self.take_back(line, qty, credit)
        due = min(qty, max(self.posted(line) - (line.shipped - line.returned), ZERO))
        own = [bill for bill in reversed(self._of("posted")) if bill.kind != "credit_note" and line in bill.lines]
        own.sort(key=lambda bill: -bill.seq)
        made = self._credit(line.order.customer, {line: due}, own, day) if credit and due else None
        self._settle(line.order)
        return made

    # --- money

    def _take(self, payment: Payment, bill: Bill, parts: Sums) -> None:
        add(bill.paid, parts)
        payment.shares.append((bill, parts))

    def _open_bills(self, customer: str, note: bool = False) -> list[Bill]:
        bills = [
            b for b in self._of("posted") if b.customer == customer and b.open > 0 and (b.kind == "credit_note") == note
        ]
        return sorted(bills, key=lambda bill: (bill.due, bill.seq))

    def _allocate_tied(self, payment: Payment) -> None:
        assert payment.tied is not None
        for bill in self._open_bills(payment.customer):
            part = min(payment.left, max(bill.opens().get(payment.tied, ZERO), ZERO))
            if part:
                self._take(payment, bill, {payment.tied: part})

    def _allocate(self, payment: Payment) -> None:
        if payment.tied:
            self._allocate_tied(payment)
            return
        for bill in self._open_bills(payment.customer):
            if part := min(payment.left, bill.open):
                self._take(payment, bill, divided(part, bill.opens()))
        for note in self._open_bills(payment.customer, note=True):
            for bill in self._open_bills(payment.customer):
                if part := min(note.open, bill.open):
                    given, got = divided(part, note.opens()), divided(part, bill.opens())
                    add(note.paid, given)
                    add(bill.paid, got)

    def pay(
        self,
        customer: str,
        amount: Decimal,
        on: dict[int, Decimal] | None = None,
        tied: str = "",
        write_off: bool = False,
    ) -> Payment:
        order = self.orders[tied] if tied else None
        chosen = {self.bills[name]: part for name, part in (on or {}).items()}
        allow(
            over_allocated=sum(chosen.values(), ZERO) > amount or any(part > bill.open for bill, part in chosen.items())
        )
        payment = Payment(customer, amount, order)
        self.payments.append(payment)
        for bill, part in chosen.items():
            self._take(payment, bill, divided(part, bill.opens()))
        if on is None:
            self._allocate(payment)
        if write_off:
            for bill in chosen:
                add(bill.off, bill.opens())
            payment.gone += payment.left
        return payment

    def allocate(self, at: int, name: int, amount: Decimal) -> None:
        payment, bill = self.payments[at], self.bills[name]
        parts = {payment.tied: bill.opens().get(payment.tied, ZERO)} if payment.tied else bill.opens()
        allow(
            over_allocated=amount > min(payment.left, sum(parts.values(), ZERO)),
            deposit_tied=payment.tied is not None and amount > sum(parts.values(), ZERO),
        )
        self._take(payment, bill, divided(amount, parts))  # type: ignore[arg-type]

    def unallocate(self, at: int, name: int, amount: Decimal) -> None:
        payment, bill = self.payments[at], self.bills[name]
        allow(
            over_allocated=amount > sum((sum(parts.values(), ZERO) for b, parts in payment.shares if b is bill), ZERO)
        )
        for one, parts in reversed([each for each in payment.shares if each[0] is bill]):
            there = sum(parts.values(), ZERO)
            if taken := min(amount, there):
                back = divided(taken, dict(parts))
                add(one.paid, back, -1)
                add(parts, back, -1)
                amount -= taken

    def refund(self, at: int, amount: Decimal, note: int | None = None) -> None:
        payment = self.payments[at]
        if note is None:
            allow(over_refund=amount > payment.left)
            payment.gone += amount
            return
        credit = self.bills[note]
        allow(over_refund=amount > credit.open)
        parts = divided(amount, credit.opens())
        add(credit.paid, parts)


__all__ = ["CENT", "Bill", "Bills", "No", "Payment", "document"]
