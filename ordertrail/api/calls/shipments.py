"""Shipments and returns: lists, one by id or number, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import documents, goods, written
from ordertrail.api.calls.declare import get, post
from ordertrail.api.calls.documents import by_customer, page_of, papers_filter, told
from ordertrail.api.doing import done_to, person_of
from ordertrail.api.door import Caller, caller
from ordertrail.api.named import named
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.problems import Problem
from ordertrail.api.shapes import documents as papers
from ordertrail.api.shapes import typing
from ordertrail.api.shapes.frame import Listed, Shape
from ordertrail.desk.cancel_shipment import cancel_shipment
from ordertrail.desk.draft_shipment import draft_shipment
from ordertrail.desk.pack import pack
from ordertrail.desk.pick import Picked, complete_pick, pick
from ordertrail.desk.propose_shipments import Apart, propose_shipments
from ordertrail.desk.return_goods import return_goods
from ordertrail.desk.ship import ship
from ordertrail.lib.money import QTY_SCALE, from_units, to_units
from ordertrail.shipping.models import Shipment, ShipmentLine
from ordertrail.web.filters import Lookup

SHIPMENTS = papers_filter(("draft", "done", "cancelled"), "shipped_at")
LOOKUPS: dict[str, Lookup] = {
    "q": "number__istartswith", "customer": by_customer(ShipmentLine, "shipment", "customer_name"), "state": "state",
    "date": "shipped_date", "source": "home__code",
}  # fmt: skip


@get("/shipments", right="see_orders", answer=papers.Shipments, params=told(SHIPMENTS))
def list_shipments(request: HttpRequest) -> Listed[papers.ShipmentRow]:
    """Shipments and returns, the newest first; bare figures of orders are left out."""
    return page_of(request, Shipment, SHIPMENTS, LOOKUPS, documents.shipments, reported=False)


@get("/shipments/{n}", right="see_orders", answer=papers.Shipment)
def get_shipment(request: HttpRequest, n: str) -> papers.Shipment:
    """One shipment with its lines."""
    by = caller(request)
    return goods.shipment(meant("shipment", n, by.person), by)


@get("/returns", right="see_orders", answer=papers.Returns, params=told(SHIPMENTS))
def list_returns(request: HttpRequest) -> Listed[papers.ReturnRow]:
    """Returns, the newest first."""
    return page_of(request, Shipment, SHIPMENTS, LOOKUPS, goods.returns, reported=False, direction="in")


@get("/returns/{n}", right="see_orders", answer=papers.Return)
def get_return(request: HttpRequest, n: str) -> papers.Return:
    """One return with its lines and its credit note."""
    by = caller(request)
    return goods.goods_return(meant("shipment", n, by.person), by)


@post("/shipments", right="ship_goods", answer=papers.ProposedShipments | papers.Shipment, makes=True)
def make_shipments(request: HttpRequest, body: typing.ShipmentIn) -> HttpResponse:
    """Propose shipments for `orders`, one draft for each customer and address, or draft one of `lines`."""
    by = caller(request)
    if (body.orders is None) == (body.lines is None):
        sentence = _("Send either orders, whose shipments are proposed, or the lines of one shipment.")
        errors = [{"path": name, "code": "wrong_value", "detail": sentence} for name in ("orders", "lines")]
        raise Problem(422, "wrong_value", sentence, errors)

    def run() -> Shape:
        if body.lines is not None:
            pieces = _pieces(body.lines, by)
            return goods.shipment(draft_shipment(by=by.person, lines=pieces, day=body.date), by)
        names = body.orders or []
        found = named("order", [(name, f"orders.{n}") for n, name in enumerate(names)], by.person)
        drafts, apart = propose_shipments(by=by.person, orders=list(dict.fromkeys(found[name] for name in names)))
        return papers.ProposedShipments(items=[goods.shipment(pk, by) for pk in drafts], apart=_apart(apart))

    return once(request, run, 201)


def _apart(apart: Apart) -> list[papers.Apart]:
    words = {
        "customer": _("The goods are for different customers."),
        "ship_to": _("The goods go to different delivery addresses."),
    }
    return [
        papers.Apart(field=field, documents=[str(pk) for pk in drafts], detail=words[field]) for field, drafts in apart
    ]


def _pieces(lines: Sequence[typing.PieceIn], by: Caller) -> list[tuple[int, int, int]]:
    """(order, line, quantity in store units), the orders found by a few queries."""
    found = named("order", [(one.order, f"lines.{n}.order") for n, one in enumerate(lines)], by.person)
    return [(found[one.order], one.line, to_units(one.qty, QTY_SCALE)) for one in lines]


@post("/shipments/{n}/ship", right="ship_goods", answer=papers.Shipped)
def ship_shipment(request: HttpRequest, n: str, body: typing.ShipIn | None = None) -> HttpResponse:
    """Send a draft's goods out: all, or these pieces; the rest goes onto a new draft, the `remainder`."""
    by, asked = caller(request), body or typing.ShipIn()

    def do(pk: int) -> int | None:
        lines = None if asked.lines is None else _pieces(asked.lines, by)
        return ship(by=by.person, shipment=pk, day=asked.date, lines=lines)

    return done_to(request, "shipment", n, do, goods.shipment, goods.shipped)


@post("/shipments/{n}/cancel", right="ship_goods", answer=papers.Shipment)
def cancel_one_shipment(request: HttpRequest, n: str, body: typing.DoneIn | None = None) -> HttpResponse:
    """Cancel a shipment: of a draft each order waits for a choice, the goods of a done one come back."""
    by, day = person_of(request), body.date if body else None
    return done_to(request, "shipment", n, lambda pk: cancel_shipment(by=by, shipment=pk, day=day), goods.shipment)


@post("/shipments/{n}/packages", right="ship_goods", answer=papers.Package, makes=True)
def pack_shipment(request: HttpRequest, n: str, body: typing.PackageIn) -> HttpResponse:
    """Put pieces of a shipment into a new box."""
    by = caller(request)

    def run() -> papers.Package:
        pk = meant("shipment", n, by.person)
        made = pack(by=by.person, shipment=pk, lines=_pieces(body.lines, by))
        return papers.Package(id=str(made.pk), code=made.code)

    return once(request, run, 201)


@post("/shipments/{n}/pick", right="ship_goods", answer=papers.Picked)
def pick_for_shipment(request: HttpRequest, n: str, body: typing.PickIn) -> HttpResponse:
    """Take what a code means off the shelf for a draft: a barcode of a pack counts what is in the pack."""
    by = caller(request)
    times = QTY_SCALE if body.qty is None else to_units(body.qty, QTY_SCALE)

    def run() -> papers.Picked:
        pk = meant("shipment", n, by.person)
        return _picked(pick(by=by.person, shipment=pk, code=body.code, times=times))

    return once(request, run)


@post("/shipments/{n}/pick/complete", right="ship_goods", answer=papers.Picked)
def complete_pick_of_shipment(request: HttpRequest, n: str, body: typing.NothingIn | None = None) -> HttpResponse:
    """Take off the shelf what is missing, and no more."""
    by = caller(request)
    return once(request, lambda: _picked(complete_pick(by=by.person, shipment=meant("shipment", n, by.person))))


def _picked(told: Picked) -> papers.Picked:
    return papers.Picked(
        picked=written.qty(from_units(told.picked, QTY_SCALE)), to_pick=written.qty(from_units(told.to_pick, QTY_SCALE))
    )


@post("/returns", right="ship_goods", answer=papers.Return, makes=True)
def make_return(request: HttpRequest, body: typing.ReturnIn) -> HttpResponse:
    """Write down what a customer sent back; with `credit` it is credited as far as it was billed."""
    by = caller(request)

    def run() -> papers.Return:
        pieces = _pieces(body.lines, by)
        with_shipment = [(one.shipment, f"lines.{n}.shipment") for n, one in enumerate(body.lines) if one.shipment]
        shipments = named("shipment", with_shipment, by.person) if with_shipment else {}
        lines = [
            (*piece, shipments[one.shipment] if one.shipment else None)
            for piece, one in zip(pieces, body.lines, strict=True)
        ]
        made = return_goods(by=by.person, lines=lines, day=body.date, credit=body.credit)
        return goods.goods_return(made, by)

    return once(request, run, 201)
