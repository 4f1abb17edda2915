"""An oracle of the order desk in plain Python: goods. No SQL, no product code, its own reading of domain.md §1 (above all §1.10).

``desk_oracle_bills`` adds bills and money, ``desk_oracle_order`` tells orders as api.md §4 does. A refused verb raises ``No`` with every
code that would be right, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)
CENT, MICRO = Decimal("0.01"), Decimal("0.000001")


def up(value: Decimal, over: Decimal = Decimal(1), step: Decimal = CENT) -> Decimal:
    """``value / over``, rounded half away from zero."""
    return EXACT.divide(value, over).quantize(step, context=EXACT)


class No(Exception):
    """Refused; ``codes`` are all that hold."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = set(codes)


def allow(**wrong: bool) -> None:
    """No with the code of each thing that is wrong."""
    codes = [code for code, holds in wrong.items() if holds]
    if codes:
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

    @property
    def value(self) -> Decimal:
        return sum((v for _, v in self.layers), ZERO) if self.method == "fifo" else up(self.on_hand * self.unit)

    def buy(self, qty: Decimal, price: Decimal) -> None:
        if self.method == "average":
            stock = self.on_hand
            self.unit = up(self.unit * stock + price * qty, stock + qty, MICRO) if stock >= 0 else price
        self.back(qty, up(qty * price))

    def back(self, qty: Decimal, value: Decimal) -> None:
        """Goods come in at a known value."""
        self.on_hand += qty
        self.layers.append([qty, value])

    def issue(self, qty: Decimal) -> Decimal:
        """Goods go out: their cost."""
        self.on_hand -= qty
        if self.method != "fifo":
            return up(qty * self.unit)
        cost = ZERO
        while qty:
            there, value = self.layers[0]
            taken = min(qty, there)
            part = value if taken == there else up(value * taken, there)
            cost, qty = cost + part, qty - taken
            self.layers[0] = [there - taken, value - part]
            if taken == there:
                del self.layers[0]
        return cost


@dataclass(eq=False)
class Issue:
    """What one done shipment took for one line, and how much of it has come back."""

    shipment: Shipment
    qty: Decimal
    cost: Decimal
    back: Decimal = ZERO
    back_cost: Decimal = ZERO


@dataclass(eq=False)
class Line:
    order: Order
    no: int
    product: Product
    qty: Decimal
    price: Decimal
    discount: Decimal = ZERO
    net: Decimal = ZERO  # the line's amount: gross where prices include tax
    cancelled: Decimal = ZERO
    closed: Decimal = ZERO  # the part of ``cancelled`` that closing took
    unbilled: Decimal = ZERO
    reserved: Decimal = ZERO
    returned: Decimal = ZERO
    credited: Decimal = ZERO  # the part of ``returned`` that came with credit
    issues: list[Issue] = field(default_factory=list)

    @property
    def shipped(self) -> Decimal:
        return sum((issue.qty for issue in self.issues), ZERO)

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

    def piece(self, qty: Decimal) -> Decimal:
        return up(self.net * qty, self.qty)


@dataclass(eq=False)
class Waiting:
    """An exception: the quantities of a cancelled shipment or invoice."""

    kind: str
    lines: dict[Line, Decimal]
    open: bool = True


@dataclass(eq=False)
class Order:
    number: str
    customer: str
    address: str
    discount: Decimal
    policy: str
    included: bool
    manual: bool
    lines: list[Line] = field(default_factory=list)
    state: str = "draft"
    place: int = 0
    revision: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    revenue: Decimal = ZERO
    cost: Decimal = ZERO

    def price(self) -> None:
        """Each line's amount, with its part of the header discount."""
        nets = [up(line.qty * line.price * (1 - line.discount)) for line in self.lines]
        total = sum(nets, ZERO)
        off = up(total * self.discount)
        parts = [up(off * net, total) if total else ZERO for net in nets[:-1]]
        for line, net, part in zip(self.lines, nets, [*parts, off - sum(parts, ZERO)], strict=True):
            line.net = net - part

    def happened(self, line: Line, qty: Decimal, cost: Decimal) -> None:
        """A quantity went out (or came back): revenue and cost of the event."""
        piece = line.piece(qty)
        self.revenue += up(piece, 1 + line.product.rate) if self.included else piece
        self.cost += cost


@dataclass(eq=False)
class Shipment:
    name: int
    lines: dict[Line, Decimal]
    state: str = "draft"


class Goods:
    """Orders, stock and shipments."""

    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self.orders: dict[str, Order] = {}
        self.shipments: list[Shipment] = []
        self.places = 0

    # --- stock

    def reserved(self, product: Product) -> Decimal:
        return sum((line.reserved for line in self._lines() if line.product is product), ZERO)

    def free(self, product: Product) -> Decimal:
        return product.on_hand - self.reserved(product)

    def _lines(self) -> Iterator[Line]:
        return (line for order in self.orders.values() for line in order.lines)

    def _serve(self, products: Iterable[Product]) -> None:
        """Free stock goes to waiting lines: first confirmed first, then by line."""
        for order in sorted(self.orders.values(), key=lambda order: order.place):
            for line in order.lines:
                if order.state == "confirmed" and not order.manual and line.product in set(products):
                    line.reserved += max(min(line.to_ship - line.reserved, self.free(line.product)), ZERO)

    def _settle(self, order: Order) -> None:
        """After less is open: reservations and draft shipments are lowered to it, and waiting lines take what became free."""
        products = {line.product for line in order.lines}
        for line in order.lines:
            line.reserved = min(line.reserved, line.to_ship)
            self._lower(line)
        self._serve(products)

    def _lower(self, line: Line) -> None:
        for shipment in reversed(self.shipments):
            too_many = self.on_shipments(line) - line.to_ship
            if shipment.state == "draft" and line in shipment.lines and too_many > 0:
                shipment.lines[line] -= min(too_many, shipment.lines[line])
                self._tidy(shipment)

    def _tidy(self, shipment: Shipment) -> None:
        shipment.lines = {line: qty for line, qty in shipment.lines.items() if qty}
        if not shipment.lines:
            shipment.state = "gone"

    def on_shipments(self, line: Line) -> Decimal:
        return sum((each.lines.get(line, ZERO) for each in self.shipments if each.state == "draft"), ZERO)

    def product(self, sku: str, **more: object) -> None:
        self.products[sku] = Product(sku, **more)  # type: ignore[arg-type]

    def receive(self, sku: str, qty: Decimal, cost: Decimal) -> None:
        self.products[sku].buy(qty, cost)
        self._serve([self.products[sku]])

    def lose(self, sku: str, qty: Decimal) -> None:
        product = self.products[sku]
        allow(short_stock=qty > self.free(product) and not product.negative)
        product.issue(qty)

    def reserve(self, number: str, no: int, qty: Decimal) -> None:
        line = self.orders[number].lines[no - 1]
        if qty > min(line.to_ship - line.reserved, self.free(line.product)):
            raise No("short_stock", "over_reserved", "")
        line.reserved += qty

    def unreserve(self, number: str, no: int, qty: Decimal) -> None:
        line = self.orders[number].lines[no - 1]
        line.reserved -= qty
        self._serve([line.product])

    # --- orders

    def draft(self, number: str, lines: list[tuple[str, Decimal, Decimal, Decimal]], **more: object) -> None:
        terms: dict[str, object] = dict(
            customer="C1", address="", discount=ZERO, policy="delivered", included=False, manual=False
        )
        order = Order(number, **(terms | more))  # type: ignore[arg-type]
        for no, (sku, qty, price, discount) in enumerate(lines, 1):
            order.lines.append(Line(order, no, self.products[sku], qty, price, discount))
        order.price()
        self.orders[number] = order

    def quote(self, number: str) -> None:
        order = self.orders[number]
        allow(already_confirmed=order.state != "draft")
        order.state = "quoted"

    def confirm(self, number: str) -> None:
        order = self.orders[number]
        allow(already_confirmed=order.state not in ("draft", "quoted"))
        self.places += 1
        order.state, order.place = "confirmed", self.places
        self._serve({line.product for line in order.lines})

    def amend(
        self, number: str, no: int, qty: Decimal | None = None, price: Decimal | None = None, sku: str = ""
    ) -> None:
        order = self.orders[number]
        line = order.lines[no - 1]
        done = max(line.shipped, self.posted(line))
        other = (price is not None and price != line.price) or (sku and sku != line.product.sku)
        allow(below_done=(qty is not None and qty < done) or bool(other and done))
        was = line.product
        line.qty = line.qty if qty is None else qty
        line.price = line.price if price is None else price
        if sku and sku != was.sku:
            line.reserved, line.product = ZERO, self.products[sku]
        order.price()
        order.revision += 1
        self._settle(order)
        self._serve([was])

    def close(self, number: str) -> None:
        order = self.orders[number]
        allow(not_confirmed=order.state != "confirmed")
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
        allow(
            has_shipments=shipped,
            has_invoices=any(self.posted(line) for line in order.lines) or bool(self.money(order)),
        )
        order.state = "cancelled"
        for each in order.waiting:
            each.open = False
        self._settle(order)

    def choose(self, number: str, at: int, choice: str) -> Shipment | None:
        """Of a cancelled shipment; what was made."""
        order = self.orders[number]
        waiting = order.waiting[at]
        waiting.open = False
        if choice == "ignore":
            for line, qty in waiting.lines.items():
                line.cancelled += min(qty, line.to_ship)
            self._settle(order)
            return None
        return self._drafted(
            {line: min(qty, line.to_ship - self.on_shipments(line)) for line, qty in waiting.lines.items()}
        )

    # --- shipments

    def _drafted(self, lines: dict[Line, Decimal]) -> Shipment | None:
        wanted = {line: qty for line, qty in lines.items() if qty > 0}
        if not wanted:
            return None
        self.shipments.append(Shipment(len(self.shipments), wanted))
        return self.shipments[-1]

    def propose(self, numbers: list[str]) -> list[Shipment]:
        orders = [self.orders[number] for number in numbers]
        allow(not_confirmed=any(order.state in ("draft", "quoted", "cancelled") for order in orders))
        by_key: dict[tuple[str, str], dict[Line, Decimal]] = {}
        for order in orders:
            for line in order.lines:
                by_key.setdefault((order.customer, order.address), {})[line] = line.to_ship - self.on_shipments(line)
        made = [shipment for lines in by_key.values() if (shipment := self._drafted(lines))]
        allow(nothing_to_ship=not made)
        return made

    def load(self, lines: dict[Line, Decimal]) -> Shipment:
        allow(
            not_confirmed=any(line.order.state != "confirmed" for line in lines),
            cannot_merge=len({(line.order.customer, line.order.address) for line in lines}) > 1,
            on_draft=any(qty > line.to_ship - self.on_shipments(line) for line, qty in lines.items()),
            over_delivery=any(qty > line.to_ship for line, qty in lines.items()),
        )
        made = self._drafted(lines)
        assert made is not None
        return made

    def ship(self, name: int, picks: dict[Line, Decimal] | None = None) -> Shipment | None:
        """The remainder."""
        shipment = self.shipments[name]
        picked = (
            dict(shipment.lines) if picks is None else {line: picks[line] for line in shipment.lines if line in picks}
        )
        beyond: dict[Product, Decimal] = {}
        for line, qty in picked.items():
            beyond[line.product] = beyond.get(line.product, ZERO) + max(qty - line.reserved, ZERO)
        most = {line: line.qty * (1 + line.product.over) - line.cancelled - line.shipped for line in picked}
        allow(
            over_delivery=any(qty > most[line] for line, qty in picked.items()),
            short_stock=any(qty > self.free(product) and not product.negative for product, qty in beyond.items()),
            advance_unpaid=any(self.blocked(line.order) for line in picked),
        )
        drafted, shipment.lines, shipment.state = shipment.lines, picked, "done"
        for line, qty in picked.items():
            issue = Issue(shipment, qty, line.product.issue(qty))
            line.issues.append(issue)
            line.reserved = min(line.reserved - min(qty, line.reserved), line.to_ship)
            line.order.happened(line, qty, issue.cost)
        rest = {
            line: min(qty - picked.get(line, ZERO), line.to_ship - self.on_shipments(line))
            for line, qty in drafted.items()
        }
        made = self._drafted(rest)
        for order in {line.order for line in picked}:
            self._settle(order)
        return made

    def unship(self, name: int) -> None:
        shipment = self.shipments[name]
        lines = list(shipment.lines)
        if shipment.state == "draft":
            for order in dict.fromkeys(line.order for line in lines):
                held = {line: qty for line, qty in shipment.lines.items() if line.order is order}
                order.waiting.append(Waiting("shipment_cancelled", held))
            shipment.state = "cancelled"
            return
        gone = {line: sum((i.qty for i in line.issues if i.shipment is shipment), ZERO) for line in lines}
        left = {line: line.shipped - gone[line] - line.returned for line in lines}
        allow(
            has_invoices=any(self.posted(line) > left[line] for line in lines if line.order.policy == "delivered"),
            over_return=any(qty < 0 for qty in left.values()),
        )
        shipment.state = "cancelled"
        for line in lines:
            for issue in [issue for issue in line.issues if issue.shipment is shipment]:
                line.issues.remove(issue)
                line.product.back(issue.qty, issue.cost)
                line.order.happened(line, -issue.qty, -issue.cost)
        for order in {line.order for line in lines}:
            self.settle_bills(order)
        self._serve({line.product for line in lines})

    def take_back(self, line: Line, qty: Decimal, credit: bool) -> Decimal:
        """A return of one line, the latest shipment first: its cost."""
        allow(over_return=qty > line.shipped - line.returned)
        cost, left = ZERO, qty
        for issue in reversed(line.issues):
            there = issue.qty - issue.back
            taken = min(left, there)
            part = issue.cost - issue.back_cost if taken == there else up(issue.cost * taken, issue.qty)
            issue.back, issue.back_cost = issue.back + taken, issue.back_cost + part
            cost, left = cost + part, left - taken
        line.returned += qty
        line.credited += qty if credit else ZERO
        line.product.back(qty, cost)
        line.order.happened(line, -qty, -cost)
        self._serve([line.product])
        return cost

    # --- what bills know

    def posted(self, line: Line) -> Decimal:
        raise NotImplementedError

    def money(self, order: Order) -> Decimal:
        raise NotImplementedError

    def blocked(self, order: Order) -> bool:
        raise NotImplementedError

    def settle_bills(self, order: Order) -> None:
        raise NotImplementedError
