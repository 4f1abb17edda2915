"""What is done at the oracle's desk: each verb of api.md §3 by the rules of domain.md §1.10; refused before anything changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from ordertrail.desk.tests.desk_oracle import (
    ZERO,
    Bill,
    Issue,
    Line,
    No,
    Order,
    Paper,
    Payment,
    Pieces,
    Product,
    Sums,
    add,
    divided,
    gross,
    refuse,
    total,
    up,
)  # fmt: skip
from ordertrail.desk.tests.desk_oracle_books import Books, on


class Verbs(Books):
    """What people do."""

    # --- stock

    def product(self, sku: str, **terms: Any) -> None:
        self.products[sku] = Product(sku, **terms)

    def receive(self, sku: str, qty: Decimal, cost: Decimal) -> None:
        self.products[sku].buy(qty, cost)
        self._serve([self.products[sku]])

    def lose(self, sku: str, qty: Decimal) -> None:
        refuse(short_stock=qty > self.free(self.products[sku]))
        self.products[sku].issue(qty)

    def reserve(self, number: str, no: int, qty: Decimal) -> None:
        line = self.orders[number].lines[no - 1]
        if qty > min(line.to_ship - line.reserved, self.free(line.product)):
            raise No("")  # no code is promised for it
        line.reserved += qty

    def unreserve(self, number: str, no: int, qty: Decimal) -> None:
        line = self.orders[number].lines[no - 1]
        line.reserved -= qty
        self._serve([line.product])

    # --- orders

    def draft(self, number: str, lines: list[tuple[str, Decimal, Decimal, Decimal]], **terms: Any) -> None:
        order = self.orders[number] = Order(number, **terms)
        order.lines = [Line(order, no, self.products[line[0]], *line[1:]) for no, line in enumerate(lines, 1)]
        order.price()

    def quote(self, number: str) -> None:
        refuse(already_confirmed=self.orders[number].state != "draft")
        self.orders[number].state = "quoted"

    def confirm(self, number: str) -> None:
        order = self.orders[number]
        refuse(already_confirmed=order.state not in ("draft", "quoted"))
        self.places += 1
        order.state, order.place = "confirmed", self.places
        self._settle(order)

    def amend(self, number: str, no: int, **to: Any) -> None:
        """``qty``, ``price``, ``sku``: those that are given."""
        line = self.orders[number].lines[no - 1]
        was, product = line.product, self.products[to.get("sku", line.product.sku)]
        done = max(line.shipped, self.posted(line))
        other = product is not was or to.get("price", line.price) != line.price
        refuse(below_done=to.get("qty", line.qty) < done or (other and done))
        line.qty, line.price, line.product = to.get("qty", line.qty), to.get("price", line.price), product
        line.reserved = line.reserved if product is was else ZERO
        line.order.price()
        line.order.revision += 1
        self._settle(line.order)
        self._serve([was])

    def close(self, number: str) -> None:
        order = self.orders[number]
        refuse(not_confirmed=order.state != "confirmed")
        for line in order.lines:
            line.closed = line.to_ship
            line.cancelled += line.closed
        order.state = "closed"
        for each in order.waiting:
            each.open = each.open and each.kind != "shipment_cancelled"
        self._settle(order)

    def reopen(self, number: str) -> None:
        order = self.orders[number]
        for line in order.lines:
            line.cancelled, line.closed = line.cancelled - line.closed, ZERO
        order.state = "confirmed"
        self._settle(order)

    def cancel(self, number: str) -> None:
        order = self.orders[number]
        shipped = any(line.shipped > line.returned for line in order.lines)
        refuse(has_shipments=shipped, has_invoices=self.money(order) or any(map(self.posted, order.lines)))
        order.state = "cancelled"
        for each in order.waiting:
            each.open = False
        self._settle(order)

    def choose(self, number: str, at: int, choice: str) -> Paper | None:
        """What was made."""
        order, waiting = self.orders[number], self.orders[number].waiting[at]
        waiting.open = False
        if waiting.kind == "invoice_cancelled":
            lines = {x: min(qty, self.to_invoice(x)) for x, qty in waiting.lines.items() if self.to_invoice(x) > 0}
            for line, qty in lines.items() if choice == "ignore" else ():
                line.unbilled += qty
            return self._bill(lines) if lines and choice == "recreate" else None
        if choice == "recreate":
            return self._shipment({x: min(qty, self.to_draft(x)) for x, qty in waiting.lines.items()})
        for line, qty in waiting.lines.items():
            line.cancelled += min(qty, line.to_ship)
        self._settle(order)
        return None

    # --- shipments

    def propose(self, numbers: list[str]) -> list[Paper]:
        by_key: dict[tuple[str, str], Pieces] = {}
        for order in map(self.orders.__getitem__, numbers):
            wanted = {line: self.to_draft(line) for line in order.lines}
            by_key.setdefault((order.customer, order.address), {}).update(wanted)
        made = [shipment for lines in by_key.values() if (shipment := self._shipment(lines))]
        refuse(nothing_to_ship=not made)
        return made

    def load(self, lines: Pieces) -> Paper | None:
        refuse(
            on_draft=any(qty > self.to_draft(line) for line, qty in lines.items()),
            over_delivery=any(qty > line.to_ship for line, qty in lines.items()),
        )
        return self._shipment(lines)

    def ship(self, name: int, picks: Pieces | None = None) -> Paper | None:
        """The remainder."""
        shipment = self.shipments[name]
        drafted, picked = shipment.lines, shipment.lines if picks is None else picks
        beyond: dict[Product, Decimal] = {}
        for line, qty in picked.items():
            beyond[line.product] = beyond.get(line.product, ZERO) + max(qty - line.reserved, ZERO)
        blocking = [bill for bill in self.bills if bill.blocks and bill.state == "posted"]
        refuse(
            over_delivery=any(x.shipped + q > x.qty * (1 + x.product.over) - x.cancelled for x, q in picked.items()),
            short_stock=any(qty > self.free(product) and not product.negative for product, qty in beyond.items()),
            advance_unpaid=any(bill.opens().get(line.order, ZERO) > 0 for line in picked for bill in blocking),
        )
        shipment.lines, shipment.state = picked, "done"
        for line, qty in picked.items():
            line.issues.append(Issue(shipment, qty, line.product.issue(qty)))
            line.reserved = min(line.reserved - min(qty, line.reserved), line.to_ship)
            line.order.happened(line, qty, line.issues[-1].cost)
        rest = {line: min(qty - picked.get(line, ZERO), self.to_draft(line)) for line, qty in drafted.items()}
        made = self._shipment(rest)
        for order in {line.order for line in picked}:
            self._settle(order)
        return made

    def unship(self, name: int) -> None:
        shipment = self.shipments[name]
        if shipment.state == "draft":
            self._wait("shipment_cancelled", shipment)
            return
        left = {line: line.shipped - line.returned - qty for line, qty in shipment.lines.items()}
        refuse(has_invoices=any(self.posted(x) > q for x, q in left.items() if x.order.policy == "delivered"))
        shipment.state = "cancelled"
        for line in shipment.lines:
            for issue in [issue for issue in line.issues if issue.shipment is shipment]:
                line.issues.remove(issue)
                line.product.back(issue.qty, issue.cost)
                line.order.happened(line, -issue.qty, -issue.cost)
        for order in sorted({line.order for line in shipment.lines}, key=lambda order: order.place):
            self._settle(order)

    def take_back(self, line: Line, qty: Decimal, day: date, *, credit: bool = True) -> Bill | None:
        """A return, the latest shipment first; its credit note."""
        refuse(over_return=qty > line.shipped - line.returned)
        cost, left = ZERO, qty
        for issue in reversed(line.issues):
            there, taken = issue.qty - issue.back, min(left, issue.qty - issue.back)
            part = issue.cost - issue.back_cost if taken == there else up(issue.cost * taken, issue.qty)
            issue.back, issue.back_cost = issue.back + taken, issue.back_cost + part
            cost, left = cost + part, left - taken
        line.returned += qty
        line.credited += qty if credit else ZERO
        line.product.back(qty, cost)
        line.order.happened(line, -qty, -cost)
        due = min(qty, max(self.posted(line) - (line.shipped - line.returned), ZERO))
        own = [bill for bill in self.bills if bill.open > 0 and bill.kind != "credit_note" and line in bill.lines]
        newest = sorted(own, key=lambda bill: -bill.seq)
        made = self._credit({line: due}, newest, day) if credit and due else None
        self._settle(line.order)
        return made

    # --- bills

    def bill(self, numbers: list[str]) -> list[Bill]:
        by_key: dict[tuple[str, bool], Pieces] = {}
        for order in map(self.orders.__getitem__, numbers):
            wanted = {line: self.to_invoice(line) for line in order.lines if self.to_invoice(line) > 0}
            by_key.setdefault((order.customer, order.included), {}).update(wanted)
        made = [self._bill(lines) for lines in by_key.values() if lines]
        refuse(nothing_to_invoice=not made)
        for bill in made:
            for order, part in bill.share().items():
                less = min(self.money(order, "advance", drafts=True), part)
                bill.less |= {order: less} if less > 0 else {}
        return made

    def bill_lines(self, lines: Pieces) -> Bill:
        refuse(
            over_billed=any(qty > self.base(line) - self.posted(line) for line, qty in lines.items()),
            on_draft=any(qty > self.to_invoice(x) and on(self.bills, "draft", x) for x, qty in lines.items()),
        )
        return self._bill(lines)

    def bill_amount(self, number: str, amount: Decimal, kind: str = "invoice", *, blocks: bool = False) -> Bill:
        order = self.orders[number]
        most = gross((x, x.qty - x.cancelled if kind == "advance" else self.base(x)) for x in order.lines)
        refuse(over_billed=amount > most - self.money(order, drafts=True))
        return self._bill({}, kind, money={order: amount}, blocks=blocks)

    def lower(self, name: int, line: Line, qty: Decimal) -> None:
        bill = self.bills[name]
        refuse(over_billed=qty > bill.lines[line] + self.to_invoice(line))
        bill.put(line, qty)

    def post(self, name: int, day: date) -> None:
        bill = self.bills[name]
        refuse(already_posted=bill.state == "posted")
        self.posts += 1
        bill.shares, bill.state, bill.seq, bill.due = bill.share(), "posted", self.posts, day
        for payment in self.payments:
            self._allocate_tied(payment)

    def void(self, name: int) -> None:
        bill = self.bills[name]
        refuse(has_payments=any(bill.paid.values()))
        if bill.state == "draft":
            bill.state = "gone"
        else:
            self._wait("invoice_cancelled", bill)

    def credit(self, name: int, lines: Pieces, day: date) -> Bill:
        return self._credit(lines, [self.bills[name]], day)

    def _credit(self, lines: Pieces, against: list[Bill], day: date) -> Bill:
        """A posted credit note, set against its own orders' parts of these invoices."""
        note = self._bill({line: -qty for line, qty in lines.items()}, "credit_note")
        self.post(note.name, day)
        for bill in against:
            for order, part in note.opens().items():
                taken = {order: min(part, max(bill.opens().get(order, ZERO), ZERO))}
                add(bill.credited, taken)
                add(note.credited, taken)
        return note

    # --- money

    def pay(
        self, customer: str, amount: Decimal, chosen: dict[int, Decimal] | None = None, tied: str = "", **how: bool
    ) -> Payment:
        """``chosen``: the allocations, None for the default rule; ``write_off`` what is left on either side."""
        named = {self.bills[name]: part for name, part in (chosen or {}).items()}
        refuse(over_allocated=total(named.values()) > amount or any(part > bill.open for bill, part in named.items()))
        payment = Payment(customer, amount, self.orders[tied] if tied else None)
        self.payments.append(payment)
        for bill, part in named.items():
            self._take(payment, bill, part, bill.opens())
        if tied:
            self._allocate_tied(payment)
        elif chosen is None:
            self._allocate(payment)
        if how.get("write_off"):
            for bill in named:
                add(bill.off, bill.opens())
            payment.gone += payment.left
        return payment

    def _take(self, payment: Payment, bill: Bill, amount: Decimal, opens: Sums) -> None:
        payment.shares.append((bill, divided(amount, opens)))
        add(bill.paid, payment.shares[-1][1])

    def _allocate_tied(self, payment: Payment) -> None:
        for bill in self.open_bills(payment.customer) if payment.tied else ():
            own = {o: part for o, part in bill.opens().items() if o is payment.tied and part > 0}
            self._take(payment, bill, min(payment.left, total(own.values())), own)

    def _allocate(self, payment: Payment) -> None:
        for bill in self.open_bills(payment.customer):
            self._take(payment, bill, min(payment.left, bill.open), bill.opens())
        for note in self.open_bills(payment.customer, notes=True):
            for bill in self.open_bills(payment.customer):
                part = min(note.open, bill.open)
                given, got = divided(part, note.opens()), divided(part, bill.opens())
                add(note.paid, given)
                add(bill.paid, got)

    def allocate(self, at: int, name: int, amount: Decimal) -> None:
        payment, bill = self.payments[at], self.bills[name]
        own = {o: part for o, part in bill.opens().items() if payment.tied in (None, o)}
        beyond = amount > total(own.values())
        refuse(over_allocated=amount > payment.left or beyond, deposit_tied=payment.tied and beyond)
        self._take(payment, bill, amount, own)

    def unallocate(self, at: int, name: int, amount: Decimal) -> None:
        bill = self.bills[name]
        mine = [parts for one, parts in self.payments[at].shares if one is bill]
        refuse(over_allocated=amount > total(total(parts.values()) for parts in mine))
        for parts in reversed(mine):
            taken = min(amount, total(parts.values()))
            back = divided(taken, dict(parts))
            add(bill.paid, back, -1)
            add(parts, back, -1)
            amount -= taken

    def refund(self, at: int, amount: Decimal, note: int | None = None) -> None:
        payment = self.payments[at]
        if note is None:
            refuse(over_refund=amount > payment.left)
            payment.gone += amount
        else:
            refuse(over_refund=amount > self.bills[note].open)
            add(self.bills[note].paid, divided(amount, self.bills[note].opens()))
