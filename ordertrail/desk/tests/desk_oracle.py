"""An oracle of the order desk in plain Python: its things. No SQL, no product code, its own reading of domain.md §1, above all §1.10.

``desk_oracle_books`` has what is counted of them, ``desk_oracle_verbs`` what is done with them,
``desk_oracle_answers`` tells orders as api.md §4 does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
ZERO, ONE = Decimal(0), Decimal(1)


def up(value: Decimal, over: Decimal = ONE, step: Decimal = Decimal("0.01")) -> Decimal:
    """``value / over``, rounded half away from zero."""
    return EXACT.divide(value, over).quantize(step, context=EXACT)


def total(of: Iterable[Decimal]) -> Decimal:
    return sum(of, ZERO)


class No(Exception):
    """Refused; ``codes`` are all that hold. What is refused has changed nothing."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = set(codes)


def refuse(**wrong: object) -> None:
    """No with the code of each thing that is wrong."""
    if codes := [code for code, holds in wrong.items() if holds]:
        raise No(*codes)


@dataclass(eq=False)
class Product:
    """``layers`` are [quantity, value], oldest first; ``unit`` is the standard or average cost."""

    sku: str
    method: str = "fifo"
    unit: Decimal = ZERO
    service: bool = False
    rate: Decimal = Decimal("0.13")
    under: Decimal = ZERO
    over: Decimal = ZERO
    negative: bool = False
    on_hand: Decimal = ZERO
    layers: list[list[Decimal]] = field(default_factory=list)

    def buy(self, qty: Decimal, price: Decimal) -> None:
        if self.method == "average":
            old, new = self.unit * self.on_hand, price * qty
            self.unit = up(old + new, self.on_hand + qty, Decimal("0.000001")) if self.on_hand >= 0 else price
        self.back(qty, up(qty * price))

    def back(self, qty: Decimal, value: Decimal) -> None:
        """Goods come in at a known value, as a layer of their own."""
        self.on_hand += qty
        self.layers.append([qty, value])

    def issue(self, qty: Decimal) -> Decimal:
        """Goods go out: their cost."""
        self.on_hand -= qty
        cost = ZERO if self.method == "fifo" else up(qty * self.unit)
        while qty and self.method == "fifo":
            there, value = self.layers.pop(0)
            taken = min(qty, there)
            part = value if taken == there else up(value * taken, there)
            cost, qty = cost + part, qty - taken
            if taken < there:
                self.layers.insert(0, [there - taken, value - part])
        return cost


class Order:
    """An order; ``terms``: customer, address, discount, policy, included, manual."""

    def __init__(self, number: str, customer: str, address: str, discount: Decimal, policy: str, **how: bool) -> None:
        self.number, self.customer, self.address, self.discount, self.policy = (
            number,
            customer,
            address,
            discount,
            policy,
        )
        self.included, self.manual = how["included"], how["manual"]
        self.lines: list[Line] = []
        self.waiting: list[Waiting] = []
        self.state, self.place, self.revision = "draft", 0, 0
        self.revenue = self.cost = ZERO

    def price(self) -> None:
        """Each line's amount, with its part of the header discount."""
        nets = [up(line.qty * line.price * (1 - line.discount)) for line in self.lines]
        off, left = up(total(nets) * self.discount), up(total(nets) * self.discount)
        for line, net in zip(self.lines, nets, strict=True):
            part = left if line is self.lines[-1] else up(off * net, total(nets)) if off else ZERO
            line.net, left = net - part, left - part

    def happened(self, line: Line, qty: Decimal, cost: Decimal) -> None:
        """A quantity went out (or came back): revenue and cost of the event."""
        self.revenue += up(line.piece(qty), 1 + line.product.rate) if self.included else line.piece(qty)
        self.cost += cost


class Line:
    """A line of an order. ``net`` is its amount (gross where prices include tax); ``closed`` what of ``cancelled`` closing took;
    ``credited`` the part of ``returned`` that came with credit; ``issues`` one for each done shipment."""

    def __init__(
        self, order: Order, no: int, product: Product, qty: Decimal, price: Decimal, discount: Decimal
    ) -> None:
        self.order, self.no, self.product, self.qty, self.price, self.discount = (
            order,
            no,
            product,
            qty,
            price,
            discount,
        )
        self.net = self.cancelled = self.closed = self.unbilled = self.reserved = self.returned = self.credited = ZERO
        self.issues: list[Issue] = []

    def piece(self, qty: Decimal) -> Decimal:
        return up(self.net * qty, self.qty)

    @property
    def shipped(self) -> Decimal:
        return total(issue.qty for issue in self.issues)

    @property
    def tolerated(self) -> Decimal:
        """What is left of a line that counts as complete within its under-tolerance."""
        rest = max(self.qty - self.cancelled - self.shipped, ZERO)
        return rest if self.shipped and rest <= self.qty * self.product.under else ZERO

    @property
    def to_ship(self) -> Decimal:
        if self.product.service or self.order.state not in ("confirmed", "closed"):
            return ZERO
        return max(self.qty - self.cancelled - self.shipped, ZERO) - self.tolerated


@dataclass(eq=False)
class Issue:
    """What one done shipment took for one line, and how much of it has come back."""

    shipment: Paper
    qty: Decimal
    cost: Decimal
    back: Decimal = ZERO
    back_cost: Decimal = ZERO


@dataclass(eq=False)
class Waiting:
    """An exception: the quantities of a cancelled shipment or invoice."""

    kind: str
    lines: dict[Line, Decimal]
    open: bool = True


Pieces = dict[Line, Decimal]
Sums = dict[Order, Decimal]


class Paper:
    """A shipment: draft, done, cancelled, or gone (a draft without lines)."""

    def __init__(self, name: int, lines: Pieces) -> None:
        self.name, self.lines, self.state = name, lines, "draft"

    def put(self, line: Line, qty: Decimal) -> None:
        self.lines = {**self.lines, line: qty} if qty else {x: q for x, q in self.lines.items() if x is not line}
        self.state = self.state if self.lines else "gone"


class Bill(Paper):
    """An invoice, or (negative) a credit note. ``money``: billed as an amount or advance; ``less``: advances deducted."""

    def __init__(self, name: int, lines: Pieces, kind: str, money: Sums, *, blocks: bool = False) -> None:
        super().__init__(name, lines)
        self.kind, self.money, self.blocks, self.seq, self.due = kind, money, blocks, 0, date.min
        self.orders = sorted({line.order for line in lines} | set(money), key=lambda order: order.number)
        self.customer = self.orders[0].customer
        self.less: Sums = {}
        self.shares: Sums = {}
        self.paid: Sums = {}
        self.credited: Sums = {}
        self.off: Sums = {}

    def share(self) -> Sums:
        """Each order's part, rounded like a document of its own; the last takes the residual of the whole."""
        own = {o: gross((x, q) for x, q in self.lines.items() if x.order is o) for o in self.orders}
        own = {o: part for o, part in own.items() if part or o in self.money or any(x.order is o for x in self.lines)}
        own[list(own)[-1]] += gross(self.lines.items()) - total(own.values())
        return {o: part + self.money.get(o, ZERO) - self.less.get(o, ZERO) for o, part in own.items()}

    def opens(self) -> Sums:
        """What is open of each order's part; of a credit note what it still gives."""
        sign = -1 if self.kind == "credit_note" else 1
        taken = (self.paid, self.credited, self.off)
        return {o: sign * part - total(each.get(o, ZERO) for each in taken) for o, part in self.shares.items()}

    @property
    def open(self) -> Decimal:
        return total(self.opens().values()) if self.state == "posted" else ZERO


@dataclass(eq=False)
class Payment:
    """Money that came; ``shares`` are fixed when it is allocated, ``gone`` is refunded or written off."""

    customer: str
    amount: Decimal
    tied: Order | None
    shares: list[tuple[Bill, Sums]] = field(default_factory=list)
    gone: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.amount - self.gone - total(total(parts.values()) for _, parts in self.shares)


def gross(pieces: Iterable[tuple[Line, Decimal]]) -> Decimal:
    """The gross of pieces (line, quantity) as one document: tax rounded once for each rate."""
    amounts: dict[tuple[Decimal, bool], Decimal] = {}
    for line, qty in pieces:
        key = line.product.rate, line.order.included
        amounts[key] = amounts.get(key, ZERO) + line.piece(qty)
    return total(amount if included else amount + up(amount * rate) for (rate, included), amount in amounts.items())


def divided(amount: Decimal, opens: Sums) -> Sums:
    """An amount over orders by what is open of each: by number, the last takes the residual."""
    orders = sorted((order for order, part in opens.items() if part), key=lambda order: order.number)
    parts = {order: up(amount * opens[order], total(opens.values())) for order in orders[:-1]}
    return parts | {order: amount - total(parts.values()) for order in orders[-1:]}


def add(into: Sums, parts: Sums, sign: int = 1) -> None:
    for order, amount in parts.items():
        into[order] = into.get(order, ZERO) + sign * amount
