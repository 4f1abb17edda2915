"""The flow of an order's quantity and money over its documents: pure, balanced at every inner node (domain.md §1.10, flow; §4 no. 2).

A line's quantity is a measure on which shipments and invoices are laid end to end, in their order; money follows it as f(q), the gross
of the first q of the line, HALF_UP. A stretch from q to p is worth f(p) − f(q), so stretches add up to the line to the cent whatever
they are cut into. What does not meet a document flows to, or comes from, the one open node of the kind. Store integers throughout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ordertrail.lib.money import piece_units

KINDS = ("order_line", "receipt", "work_order", "shipment_line", "invoice_line", "payment")
"""The kinds of nodes, from left to right."""


@dataclass(frozen=True, slots=True)
class Node:
    """A document's line, or (``open``) what of a kind is still to come; its figures are those of the flow through it."""

    id: str
    kind: str
    number: str
    qty: int
    amount: int
    document: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A quantity and a gross amount that go from one node to the next."""

    source: str
    target: str
    qty: int
    amount: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order line: what is wanted of ``qty``, and the gross of the whole line."""

    id: int
    number: str
    document: int
    qty: int
    wanted: int
    gross: int
    digits: int

    def worth(self, begin: int, end: int) -> int:
        """The gross of the stretch between two quantities.

        >>> Ordered(1, "A/1", 1, 3, 3, 10_000, 2).worth(0, 1), Ordered(1, "A/1", 1, 3, 3, 10_000, 2).worth(1, 3)
        (3300, 6700)
        """
        return piece_units(self.gross, end, self.qty, self.digits) - piece_units(
            self.gross, begin, self.qty, self.digits
        )


@dataclass(frozen=True, slots=True)
class Through:
    """From which receipt line or work order a part of a shipment line came."""

    kind: str
    id: int
    number: str
    document: int
    qty: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A shipment line of an order line, less what came back of it; ``through`` in the order in which it was taken."""

    id: int
    number: str
    document: int
    line: int
    qty: int
    through: tuple[Through, ...] = ()


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice line of an order line (or of the order alone: ``line`` None), less its credit notes; ``qty`` None: only money."""

    id: int
    number: str
    document: int
    line: int | None
    qty: int | None
    gross: int


@dataclass(frozen=True, slots=True)
class Paid:
    """Which amount of a payment settles which invoice line."""

    payment: int
    number: str
    billed: int
    amount: int


@dataclass
class Flow:
    """Nodes and edges while they are laid."""

    nodes: dict[str, tuple[str, str, int | None]] = field(default_factory=dict)
    edges: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def node(self, kind: str, id_: int | str, number: str = "", document: int | None = None) -> str:
        """The name of a node, made when it is met first."""
        name = f"{kind}:{id_}"
        self.nodes.setdefault(name, ("open" if id_ == "open" else kind, number, document))
        return name

    def lay(self, source: str, target: str, qty: int, amount: int) -> None:
        """Let a quantity and an amount flow."""
        edge = self.edges[source, target]
        edge[0] += qty
        edge[1] += amount

    def balance(self, name: str) -> tuple[int, int]:
        """What comes into a node less what leaves it."""
        qty = amount = 0
        for (source, target), (one, other) in self.edges.items():
            sign = (target == name) - (source == name)
            qty, amount = qty + sign * one, amount + sign * other
        return qty, amount


def _laid(rows: Iterable[tuple[int, int | None, int]]) -> dict[int, dict[int, tuple[int, int]]]:
    """By line the stretch (begin, end) of each row (id, line, qty), end to end in the order given."""
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    ends: dict[int, int] = defaultdict(int)
    for row, line, qty in rows:
        if line is not None and qty > 0:
            found[line][row] = (ends[line], ends[line] + qty)
            ends[line] += qty
    return found


def flow(
    ordered: Sequence[Ordered], sent: Sequence[Sent], billed: Sequence[Billed], paid: Sequence[Paid]
) -> tuple[list[Node], list[Edge]]:
    """The nodes and edges of these lines and documents, documents in the order in which they happened.

    E1, order A: 10 at 113.00 gross, 6 sent, 4 and 2 billed, 452.00 and 96.00 paid.

    >>> nodes, edges = flow(
    ...     [Ordered(1, "A/1", 1, 10, 10, 11_300_000, 2)], [Sent(2, "S", 2, 1, 6)],
    ...     [Billed(3, "I1", 3, 1, 4, 4_520_000), Billed(4, "I2", 4, 1, 2, 2_260_000)],
    ...     [Paid(5, "P", 3, 4_520_000), Paid(5, "P", 4, 960_000)])
    >>> for edge in edges: print(edge.source, edge.target, edge.qty, edge.amount)
    order_line:1 shipment_line:2 6 6780000
    order_line:1 shipment_line:open 4 4520000
    shipment_line:2 invoice_line:3 4 4520000
    shipment_line:2 invoice_line:4 2 2260000
    invoice_line:3 payment:5 0 4520000
    invoice_line:4 payment:5 0 960000
    invoice_line:4 payment:open 0 1300000
    """
    laid = Flow()
    lines = {line.id: line for line in ordered}
    shipped = _laid((one.id, one.line, one.qty) for one in sent)
    invoiced = _laid((one.id, one.line, one.qty or 0) for one in billed)
    for line in ordered:
        laid.node("order_line", line.id, line.number, line.document)
    for one in sent:
        if one.line in lines and one.qty > 0:
            _send(laid, lines[one.line], one, shipped[one.line][one.id])
    for line in ordered:
        gone = max((end for _, end in shipped[line.id].values()), default=0)
        if gone < line.wanted:
            target = laid.node("shipment_line", "open")
            laid.lay(f"order_line:{line.id}", target, line.wanted - gone, line.worth(gone, line.wanted))
    for bill in billed:
        _bill(laid, lines, bill, shipped, invoiced)
    for money in paid:
        target = laid.node("payment", money.payment, money.number, money.payment)
        laid.lay(f"invoice_line:{money.billed}", target, 0, money.amount)
    _close(laid)
    return list(_nodes(laid)), [Edge(*ends, *figures) for ends, figures in sorted(laid.edges.items(), key=_place)]


def _send(laid: Flow, line: Ordered, one: Sent, stretch: tuple[int, int]) -> None:
    """Lay a shipment line: through what it was taken from, directly where nothing tells; beyond the order it comes from nowhere."""
    target = laid.node("shipment_line", one.id, one.number, one.document)
    begin, end = stretch
    source = f"order_line:{line.id}"
    if end > line.wanted:
        inside = max(begin, line.wanted)
        laid.lay(laid.node("order_line", "open"), target, end - inside, line.worth(inside, end))
        end = inside
    for through in one.through:
        stop = min(begin + through.qty, end)
        if stop > begin:
            middle = laid.node(through.kind, through.id, through.number, through.document)
            laid.lay(source, middle, stop - begin, line.worth(begin, stop))
            laid.lay(middle, target, stop - begin, line.worth(begin, stop))
            begin = stop
    if end > begin:
        laid.lay(source, target, end - begin, line.worth(begin, end))


def _bill(
    laid: Flow,
    lines: dict[int, Ordered],
    bill: Billed,
    shipped: dict[int, dict[int, tuple[int, int]]],
    invoiced: dict[int, dict[int, tuple[int, int]]],
) -> None:
    """Lay an invoice line on the shipment lines below it."""
    target = laid.node("invoice_line", bill.id, bill.number, bill.document)
    line = lines.get(bill.line or 0)
    if line is None or bill.id not in invoiced[line.id]:
        laid.lay(laid.node("shipment_line", "open"), target, 0, bill.gross)
        return
    begin, end = invoiced[line.id][bill.id]
    pieces: list[tuple[str, int, int]] = []
    for row, (first, last) in shipped[line.id].items():
        one, other = max(begin, first), min(end, last)
        if one < other:
            pieces.append((f"shipment_line:{row}", other - one, line.worth(one, other)))
    rest, more = end - begin - sum(piece[1] for piece in pieces), bill.gross - sum(piece[2] for piece in pieces)
    if rest and more >= 0:  # billed before it has left
        pieces.append((laid.node("shipment_line", "open"), rest, more))
    elif pieces:  # an invoice rounds by itself: its cent is the last piece's, so that it is worth what it says
        source, qty, amount = pieces[-1]
        pieces[-1] = (source, qty, amount + more)
    for source, qty, amount in pieces:
        laid.lay(source, target, qty, amount)


def _close(laid: Flow) -> None:
    """Balance every inner node by the open node of the next kind, or of the kind before it."""
    before = {"shipment_line": "order_line", "invoice_line": "shipment_line"}
    after = {"shipment_line": "invoice_line", "invoice_line": "payment"}
    for kind, first in before.items():
        for name in [name for name, told in laid.nodes.items() if told[0] == kind]:
            qty, amount = laid.balance(name)
            if kind == "invoice_line":
                qty = 0  # money has no quantity from here on
            if qty > 0 or amount > 0:
                laid.lay(name, laid.node(after[kind], "open"), max(qty, 0), max(amount, 0))
            if qty < 0 or amount < 0:
                laid.lay(laid.node(first, "open"), name, max(-qty, 0), max(-amount, 0))


def _nodes(laid: Flow) -> Iterator[Node]:
    for name, (kind, number, document) in laid.nodes.items():
        came = [figures for (_, target), figures in laid.edges.items() if target == name]
        went = [figures for (source, _), figures in laid.edges.items() if source == name]
        through = max(
            (sum(one[0] for one in came), sum(one[1] for one in came)),
            (sum(one[0] for one in went), sum(one[1] for one in went)),
        )
        yield Node(name, kind, number, *through, document)


def _place(item: tuple[tuple[str, str], list[int]]) -> tuple[int, int, str, str]:
    (source, target), _ = item
    return (KINDS.index(source.partition(":")[0]), KINDS.index(target.partition(":")[0]), source, target)
