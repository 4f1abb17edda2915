"""Steps and readings of shipments and returns of our own. A draft may be changed and deleted; what is done never is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib import bulk, clock
from ordertrail.lib.ids import LINES
from ordertrail.lib.moments import moment
from ordertrail.lib.refused import Refused
from ordertrail.records import series
from ordertrail.records.models import DESK, SourceDocument
from ordertrail.records.own import OWN, make, rename
from ordertrail.shipping.models import PackageLine, Pick, Shipment, ShipmentLine
from ordertrail.shipping.rules import Out

LINE = (
    "id", "shipment", "line", "order_key", "order", "order_line", "sku", "qty", "credit", "undoes", "standing", "counts", "lot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a shipment, in quantity units; ``order`` and ``order_line`` (its id) are empty only on other systems' papers."""

    id: int
    line: int
    order: int | None
    order_line: int | None
    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A shipment as a verb sees it."""

    id: int
    number: str
    state: str
    direction: str
    own: bool
    customer: int | None
    customer_name: str
    ship_to: str
    planned_date: date | None
    lines: tuple[Row, ...]

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return self.number or f"~{self.id}"


@dataclass(frozen=True, slots=True)
class To:
    """Where and for whom goods go."""

    customer: int | None
    customer_name: str
    ship_to: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A quantity of an order line that goes onto a shipment or (negative) comes back."""

    order: int
    order_line: int
    order_key: str
    sku: str
    qty: int
    credit: bool = False
    undoes: int | None = None


def read(shipment: int) -> Draft:
    """One shipment with its lines, by two queries. Refused("unknown_document") where there is none."""
    row = Shipment.objects.select_related("home").filter(pk=shipment).first()
    if row is None:
        raise Refused("unknown_document", _("There is no shipment %(id)s.") % {"id": shipment})
    lines = bulk.select(
        f"SELECT id, line, order_id, order_line_id, sku, qty FROM {bulk.table(ShipmentLine)} WHERE shipment_id = %s ORDER BY line",
        [shipment],
    )
    return Draft(
        row.pk, row.number, row.state, row.direction, row.home.kind == DESK, row.customer, row.customer_name, row.ship_to,
        row.planned_date, tuple(Row(*line) for line in lines),
    )  # fmt: skip


def draft(to: To, pieces: Sequence[Piece], standing: int, planned: date | None = None, **more: Any) -> int:
    """Write a new draft; returns its id."""
    document = make("shipment")
    pk = document.pk
    Shipment.objects.create(
        pk=pk, home=document.source, number="", state="draft", planned_date=planned, customer=to.customer,
        customer_name=to.customer_name, ship_to=to.ship_to, **more,
    )  # fmt: skip
    rows = (
        (pk * LINES + place, pk, place, one.order_key[:100], one.order, one.order_line, one.sku, one.qty, one.credit, one.undoes,
         standing, False, "")
        for place, one in enumerate(pieces, 1)
    )  # fmt: skip
    bulk.insert(ShipmentLine, LINE, rows)
    return pk


def done(shipment: int, day: date) -> None:
    """Write that a shipment or return was done on a day: at this moment, or at the end of a day that is past."""
    at, _day, prec = moment(clock.now() if day == clock.today() else day)
    Shipment.objects.filter(pk=shipment).update(state="done", shipped_at=at, shipped_date=day, shipped_prec=prec)


def numbered(shipment: int, kind: str, day: date) -> str:
    """Give a shipment or return (``kind``, a series) its number. Taken last in a verb."""
    number = series.take(kind, day)
    Shipment.objects.filter(pk=shipment).update(number=number)
    rename(shipment, "shipment", number)
    return number


def cancelled(shipment: int, day: date | None) -> None:
    """Write that a shipment is cancelled; ``day``: the goods of a done one came back on it."""
    Shipment.objects.filter(pk=shipment).update(state="cancelled", cancelled_date=day)


def credited(shipment: int, credit_note: int | None) -> None:
    """Write with which credit note a return was credited."""
    Shipment.objects.filter(pk=shipment).update(credit_note=credit_note)


def came_back(lines: Collection[int]) -> bool:
    """Whether something of these shipment lines has come back by a return."""
    return ShipmentLine.objects.filter(undoes__in=lines, shipment__state="done").exists()


def shipments_of(lines: Collection[int]) -> dict[int, int]:
    """The shipment of each of these shipment lines."""
    return dict(ShipmentLine.objects.filter(pk__in=lines).values_list("pk", "shipment_id"))


def open_drafts(orders: Collection[int]) -> list[tuple[int, int, int, str, int]]:
    """The draft lines of our own for these orders as (id, shipment, order line, SKU, quantity), the newest draft first."""
    return bulk.select(
        f"SELECT l.id, l.shipment_id, l.order_line_id, l.sku, l.qty FROM {bulk.table(ShipmentLine)} l"
        f" JOIN {bulk.table(Shipment)} d ON d.id = l.shipment_id"
        f" WHERE l.order_id IN {bulk.among()} AND d.state = 'draft' AND d.home_id IN {OWN} AND l.order_line_id IS NOT NULL"
        " ORDER BY l.shipment_id DESC, l.line DESC",
        [bulk.bound(orders)],
    )


def change(quantities: Mapping[int, int]) -> None:
    """Give draft lines (by id) new quantities; those with 0 go, and what was packed or picked beyond goes with it."""
    gone = [line for line, qty in quantities.items() if not qty]
    kept = {line: qty for line, qty in quantities.items() if qty}
    bulk.update(ShipmentLine, ("id", "qty"), kept.items())
    for model in (Pick, PackageLine):
        _trim(model, kept)
        bulk.delete(model, "line", gone)
    bulk.delete(ShipmentLine, "id", gone)


def rename_goods(lines: Mapping[int, str]) -> None:
    """Draft lines (by id) are of another product now: whatever was packed or picked was not that."""
    bulk.update(ShipmentLine, ("id", "sku"), lines.items())
    for model in (Pick, PackageLine):
        bulk.delete(model, "line", list(lines))


def drop_empty(shipments: Iterable[int]) -> set[int]:
    """Delete those of these drafts that have no line left; returns them. Their source documents stay as gone."""
    asked = set(shipments)
    if not asked:
        return set()
    kept = set(ShipmentLine.objects.filter(shipment__in=asked).values_list("shipment_id", flat=True))
    gone = asked - kept
    if gone:
        Shipment.objects.filter(pk__in=gone).delete()
        SourceDocument.objects.filter(pk__in=gone).update(gone_at=clock.now())
    return gone


def picked(shipment: int) -> dict[int, int]:
    """What is picked of a shipment's lines, by id."""
    return _sums(Pick, shipment)


def packed(shipment: int) -> dict[int, int]:
    """What is packed of a shipment's lines, by id."""
    return _sums(PackageLine, shipment)


def outs(order_lines: Collection[int]) -> dict[int, list[Out]]:
    """What is still out of each order line's done shipments, in the order of their days."""
    rows = bulk.select(
        f"SELECT l.order_line_id, l.id, l.shipment_id, l.qty + COALESCE((SELECT SUM(b.qty) FROM {bulk.table(ShipmentLine)} b"
        f" JOIN {bulk.table(Shipment)} r ON r.id = b.shipment_id WHERE b.undoes_id = l.id AND r.state = 'done'), 0)"
        f" FROM {bulk.table(ShipmentLine)} l JOIN {bulk.table(Shipment)} d ON d.id = l.shipment_id"
        f" WHERE l.order_line_id IN {bulk.among()} AND d.state = 'done' AND l.qty > 0"
        " ORDER BY d.shipped_date, d.shipped_at, d.number, l.id",
        [bulk.bound(order_lines)],
    )
    found: dict[int, list[Out]] = {line: [] for line in order_lines}
    for line, row, shipment, left in rows:
        found[line].append(Out(row, shipment, int(left)))
    return found


def _sums(model: type[Pick] | type[PackageLine], shipment: int) -> dict[int, int]:
    rows = bulk.select(
        f"SELECT p.line_id, SUM(p.qty) FROM {bulk.table(model)} p JOIN {bulk.table(ShipmentLine)} l ON l.id = p.line_id"
        " WHERE l.shipment_id = %s GROUP BY p.line_id",
        [shipment],
    )
    return {line: int(qty) for line, qty in rows}


def _trim(model: type[Pick] | type[PackageLine], kept: Mapping[int, int]) -> None:
    """Take back the newest rows of what was packed or picked beyond the lines' quantities."""
    if not kept:
        return
    rows = bulk.select(
        f"SELECT id, line_id, qty FROM {bulk.table(model)} WHERE line_id IN {bulk.among()} ORDER BY id",
        [bulk.bound(kept)],
    )
    room = dict(kept)
    for pk, line, qty in rows:
        stays = min(qty, room[line])
        room[line] -= stays
        if not stays:
            bulk.delete(model, "id", [pk])
        elif stays < qty:
            bulk.update(model, ("id", "qty"), [(pk, stays)])
