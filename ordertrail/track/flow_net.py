"""The net of some orders as people read it: boxes for documents, strands between them, each with its order and its rule in words.

A box is an order line (or an order, where there are many) or a document; a strand is what of one order goes from one box to another.
What they hold is ``desk.flow``'s, to the cent: a strand is an edge of it, or the sum of edges. Store integers within.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.billing.models import InvoiceLine
from ordertrail.desk.flow import flow_of
from ordertrail.desk.flow_rules import Edge, Node
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.orders.models import Order, OrderLine
from ordertrail.shipping.models import ShipmentLine
from ordertrail.track.addresses import PAGES, href
from ordertrail.track.line_rows import unit_words

MOST_LINES = 40
"""From more lines of documents on, whole documents are shown instead: nobody follows a hundred bands with the eye."""

COLUMNS = {
    "order_line": 0, "order": 0, "receipt": 1, "work_order": 1, "shipment_line": 2, "shipment": 2, "invoice_line": 3, "invoice": 3,
    "payment": 4,
}  # fmt: skip
"""In which column a kind stands, from left to right."""

RULES: dict[tuple[str, str], Promise] = {
    ("order_line", "receipt"): _("taken from the oldest layer of the stock, a receipt of which is this"),
    ("order_line", "work_order"): _("made for this order line"),
    ("order_line", "shipment"): _("shipped, counted in the order of shipping"),
    ("order_line", "shipment_line:open"): _("still to ship"),
    ("order_line:open", "shipment"): _("shipped beyond what was ordered"),
    ("receipt", "shipment"): _("the layers that this shipment used, oldest first"),
    ("work_order", "shipment"): _("what was made went out with this shipment"),
    ("shipment", "invoice"): _("billed, counted in the order of shipping"),
    ("shipment", "invoice_line:open"): _("shipped and not invoiced"),
    ("shipment_line:open", "invoice"): _("invoiced, and no shipment stands behind it"),
    ("invoice", "payment"): _("this order's share of the payment, over its lines by gross amount; the last line takes the cent"),
    ("invoice", "payment:open"): _("invoiced and not paid"),
}  # fmt: skip
"""By which rule something goes from one kind to another."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An order of the net; ``place`` is its place among them, which gives its colour."""

    id: int
    number: str
    href: str
    place: int
    currency: str


@dataclass(slots=True)
class Box:
    """What stands in the net as one thing; what came in and went out in store units, by order too."""

    id: str
    kind: str
    number: str
    href: str
    here: bool
    open: bool
    came: list[int] = field(default_factory=lambda: [0, 0])
    went: list[int] = field(default_factory=lambda: [0, 0])
    by_order: dict[int, list[int]] = field(default_factory=dict)
    open_went: list[int] = field(default_factory=lambda: [0, 0])
    open_came: int = 0
    units: set[str] = field(default_factory=set)

    @property
    def column(self) -> int:
        """Where it stands, from left to right."""
        return COLUMNS[self.kind]

    @property
    def qty(self) -> Decimal:
        """The quantity through it."""
        return from_units(max(self.came[0], self.went[0]), QTY_SCALE)

    @property
    def amount(self) -> Decimal:
        """The gross amount through it."""
        return from_units(max(self.came[1], self.went[1]), MONEY_SCALE)

    @property
    def inner(self) -> bool:
        """Whether something must both come in and go out."""
        return not self.open and self.column in (1, 2, 3)

    @property
    def left(self) -> Decimal:
        """What of its amount goes on to nothing yet."""
        return from_units(self.open_went[1], MONEY_SCALE)

    @property
    def bare(self) -> Decimal:
        """What of its amount comes from nothing that is there."""
        return from_units(self.open_came, MONEY_SCALE)

    @property
    def left_qty(self) -> Decimal:
        """What of its quantity goes on to nothing yet."""
        return from_units(self.open_went[0], QTY_SCALE)

    @property
    def difference(self) -> Decimal:
        """What comes in less what goes out, of an inner box: 0 where it balances."""
        return from_units(self.came[1] - self.went[1], MONEY_SCALE) if self.inner else Decimal(0)

    @property
    def came_in(self) -> Decimal:
        """The amount that comes in."""
        return from_units(self.came[1], MONEY_SCALE)

    @property
    def went_out(self) -> Decimal:
        """The amount that goes out, to what is open too."""
        return from_units(self.went[1], MONEY_SCALE)

    @property
    def unit(self) -> str | None:
        """The one unit of everything in it; None where there are several."""
        return next(iter(self.units)) if len(self.units) == 1 else None


@dataclass(frozen=True, slots=True)
class Strand:
    """What of one order goes from one box to another; ``place`` is its row in the table."""

    place: int
    source: Box
    target: Box
    order: Ref
    line: str
    qty_units: int
    amount_units: int
    unit: str

    @property
    def qty(self) -> Decimal:
        """The quantity; 0 where only money flows."""
        return from_units(self.qty_units, QTY_SCALE)

    @property
    def amount(self) -> Decimal:
        """The gross amount."""
        return from_units(self.amount_units, MONEY_SCALE)

    @property
    def open(self) -> bool:
        """Whether one end of it is not there yet."""
        return self.source.open or self.target.open

    @property
    def rule(self) -> Promise:
        """Why it is there, in words."""
        ends = [
            box.id if box.open else "order_line" if box.kind == "order" else box.kind
            for box in (self.source, self.target)
        ]
        return RULES[ends[0], ends[1]]


@dataclass(frozen=True, slots=True)
class Net:
    """Everything between these orders and their money; ``grouped``: by whole documents. ``lines`` counts the lines of them all."""

    orders: tuple[Ref, ...]
    boxes: tuple[Box, ...]
    strands: tuple[Strand, ...]
    grouped: bool
    lines: int

    @property
    def currency(self) -> str:
        """The one currency of all the orders; "" where there are several: then their amounts are never added up on the page."""
        found = {one.currency for one in self.orders}
        return next(iter(found)) if len(found) == 1 else ""


def net(orders: Collection[int], here: tuple[str, int], *, grouped: bool | None = None) -> Net:
    """The net of these orders, those of ``here`` first; ``grouped`` by whole documents, when not told by the number of lines."""
    nodes, edges = flow_of(orders)
    by_document = len(nodes) > MOST_LINES if grouped is None else grouped
    refs = _refs(orders, here)
    known = _Lines(orders, nodes)
    boxes: dict[str, Box] = {}
    found: dict[tuple[str, str, int, str], list[int]] = {}
    ends = {node.id: _box(boxes, node, here, known, refs, grouped=by_document) for node in nodes}
    for edge in edges:
        line, order = known.of(edge)
        key = (
            ends[edge.source].id,
            ends[edge.target].id,
            order,
            "" if by_document else f"{line}:{edge.source}:{edge.target}",
        )
        figures = found.setdefault(key, [0, 0, line])
        figures[0] += edge.qty
        figures[1] += edge.amount
    ranks = {name: place for place, name in enumerate(boxes)}

    def rank(key: tuple[str, str, int, str]) -> tuple[int, ...]:
        source, target = boxes[key[0]], boxes[key[1]]
        return source.column, target.column, refs[key[2]].place, found[key][2], ranks[key[0]], ranks[key[1]]

    strands = []
    for place, key in enumerate(sorted(found, key=rank), 1):
        qty, amount, line = found[key]
        source, target, ref = boxes[key[0]], boxes[key[1]], refs[key[2]]
        words = (ref.number, known.unit(ref.id)) if by_document else known.words(line, ref)
        strands.append(Strand(place, source, target, ref, words[0], qty, amount, words[1]))
        _count(strands[-1])
    return Net(tuple(refs.values()), tuple(boxes.values()), tuple(strands), by_document, len(nodes))


def _count(one: Strand) -> None:
    """Add a strand to what its boxes hold."""
    for at, figure in enumerate((one.qty_units, one.amount_units)):
        one.source.went[at] += figure
        one.target.came[at] += figure
        if one.target.open:
            one.source.open_went[at] += figure
        one.target.by_order.setdefault(one.order.place, [0, 0])[at] += figure
    if one.source.open:
        one.target.open_came += one.amount_units
    for box in (one.source, one.target):
        box.units.add(one.unit)


def _refs(orders: Collection[int], here: tuple[str, int]) -> dict[int, Ref]:
    rows = Order.objects.filter(pk__in=orders).values_list("pk", "number", "currency")
    ranked = sorted(rows, key=lambda row: (("order", row[0]) != here, row[1], row[0]))
    return {
        pk: Ref(pk, number, href("order", pk, number), place, currency)
        for place, (pk, number, currency) in enumerate(ranked)
    }


class _Lines:
    """Which order line stands behind each line of a document, and what it is counted in."""

    def __init__(self, orders: Collection[int], nodes: Iterable[Node]) -> None:
        by_kind: dict[str, list[int]] = defaultdict(list)
        for node in nodes:
            if node.kind != "open":
                by_kind[node.kind].append(int(node.id.partition(":")[2]))
        rows = OrderLine.objects.filter(order__in=orders).select_related("product")
        self.lines = {row.pk: row for row in rows}
        self.behind = {f"order_line:{row.pk}": (row.pk, row.order_id) for row in rows}
        for kind, model in (("shipment_line", ShipmentLine), ("invoice_line", InvoiceLine)):
            told = model._default_manager.filter(pk__in=by_kind[kind]).values_list("pk", "order_line_id", "order_id")
            self.behind |= {f"{kind}:{pk}": (line or 0, order) for pk, line, order in told}

    def of(self, edge: Edge) -> tuple[int, int]:
        """The order line (0: the order alone) and the order of an edge: one of its ends is always a line of one."""
        return self.behind.get(edge.source) or self.behind[edge.target]

    def words(self, line: int, order: Ref) -> tuple[str, str]:
        """What an order line is called, and its unit."""
        row = self.lines.get(line)
        return (f"{order.number}/{row.line}", _unit(row)) if row else (order.number, "")

    def unit(self, order: int) -> str:
        """The one unit of an order's lines; "" where there are several."""
        units = {_unit(row) for row in self.lines.values() if row.order_id == order}
        return units.pop() if len(units) == 1 else ""


def _unit(row: OrderLine) -> str:
    return unit_words(row.unit or (row.product.unit if row.product else ""))


def _box(
    boxes: dict[str, Box], node: Node, here: tuple[str, int], known: _Lines, refs: dict[int, Ref], *, grouped: bool
) -> Box:
    """The box that a node belongs to, made when it is met first."""
    kind, document, number = node.id.partition(":")[0], node.document or 0, node.number
    name = node.id
    if node.kind != "open":
        if kind == "order_line":
            kind = "order" if grouped else kind
            name = f"order:{document}" if grouped else node.id
            number = (
                refs[document].number if grouped else known.words(int(node.id.partition(":")[2]), refs[document])[0]
            )
        else:
            kind = kind.removesuffix("_line")
            name = f"{kind}:{document}"
            number = number.rpartition("/")[0] if kind == "receipt" else number
    page = "order" if kind == "order_line" else kind
    address = href(page, document) if node.kind != "open" and page in PAGES else ""
    return boxes.setdefault(name, Box(name, kind, number, address, (page, document) == here, node.kind == "open"))
