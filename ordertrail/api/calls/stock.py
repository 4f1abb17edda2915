"""Stock: receipts done and planned, adjustments, reservations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import products, stock
from ordertrail.api.calls.declare import delete, get, post
from ordertrail.api.calls.documents import page_of, told
from ordertrail.api.door import Caller, caller
from ordertrail.api.given import LARGEST
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.problems import Problem, not_found, wrong_field
from ordertrail.api.shapes import stock as shapes
from ordertrail.api.shapes.frame import Listed
from ordertrail.api.versions import check_match, versioned
from ordertrail.catalog.models import Product
from ordertrail.desk import adjust as adjusting
from ordertrail.desk import receive as receiving
from ordertrail.desk.reserve import reserve, unreserve
from ordertrail.lib import clock
from ordertrail.lib.money import QTY_SCALE, to_units
from ordertrail.stock.models import GoodsReceipt, MoveKind, Reservation, Warehouse
from ordertrail.web.filters import Field, FilterSet, Kind, Lookup, Sort

OUT = ("loss", "supplier_return")
RECEIPTS = FilterSet(
    fields=(
        Field("q", "Number", search=True),
        Field("state", "Status", Kind.CHOICE, tuple((one, one) for one in ("planned", "done", "cancelled"))),
        Field("date", "Date", Kind.DATES, params=("from", "to")),
        Field("product", "Product"),
        Field("source", "Source"),
    ),
    sorts=(Sort("date", "Date", "receipt_date", descending=True),),
)


@get("/receipts", right="see_orders", answer=shapes.Receipts, params=told(RECEIPTS))
def list_receipts(request: HttpRequest) -> Listed[shapes.ReceiptRow]:
    """Receipts, done and planned, the newest first."""
    lookups: dict[str, Lookup] = {
        "q": "number__istartswith", "state": "state", "date": "receipt_date", "source": "home__code",
        "product": lambda text: Q(pk__in=GoodsReceipt.objects.filter(lines__product__sku=text).values("pk")),
    }  # fmt: skip
    return page_of(request, GoodsReceipt, RECEIPTS, lookups, stock.receipts)


@get("/receipts/{n}", right="see_orders", answer=shapes.Receipt)
def get_receipt(request: HttpRequest, n: str) -> shapes.Receipt:
    """One receipt with its lines."""
    by = caller(request)
    return _receipt(meant("receipt", n, by.person), by)


@post("/receipts", right="move_stock", answer=shapes.Receipt, makes=True)
def post_receipt(request: HttpRequest, body: shapes.ReceiptIn) -> HttpResponse:
    """Goods came in on a day, or are planned for it."""
    by = caller(request)
    if not body.planned:
        not_future(body.date)
    goods = _goods([line.sku for line in body.lines])
    for place, line in enumerate(body.lines):
        if line.qty * line.unit_cost >= LARGEST:
            raise wrong_field(
                f"lines.{place}.unit_cost", "too_large", _("This line is worth more than can be counted.")
            )
    parts = [
        receiving.Part(row.pk, to_units(line.qty, QTY_SCALE), to_units(line.unit_cost, QTY_SCALE))
        for row, line in zip(goods, body.lines, strict=True)
    ]
    warehouse = _warehouse(body.warehouse)

    def do() -> shapes.Receipt:
        made = receiving.receive(
            by.person, day=body.date, lines=parts, number=body.number or "", planned=body.planned, warehouse=warehouse
        )
        return _receipt(made, by)

    return once(request, do, 201)


@post("/receipts/{n}/receive", right="move_stock", answer=shapes.Receipt)
def receive_receipt(request: HttpRequest, n: str, body: shapes.ReceivedIn | None = None) -> HttpResponse:
    """What was planned has come."""
    by = caller(request)
    pk = meant("receipt", n, by.person)
    day = (body and body.date) or clock.today()
    not_future(day)

    def do() -> shapes.Receipt:
        before = _receipt(pk, by)
        check_match(request, before, before.number or before.id)
        receiving.receive_planned(by.person, pk, day=day)
        return _receipt(pk, by)

    return once(request, do)


@post("/adjustments", right="move_stock", answer=shapes.Adjustment, makes=True)
def post_adjustment(request: HttpRequest, body: shapes.AdjustmentIn) -> HttpResponse:
    """Goods were lost or found, went back to the supplier, or were there when the books began."""
    by = caller(request)
    day = body.date or clock.today()
    not_future(day)
    goods = _goods([line.sku for line in body.lines])
    for place, line in enumerate(body.lines):
        _check_difference(f"lines.{place}", body.reason, line)
    parts = [
        adjusting.Part(
            row.pk,
            to_units(line.qty, QTY_SCALE),
            None if line.unit_cost is None else to_units(line.unit_cost, QTY_SCALE),
        )
        for row, line in zip(goods, body.lines, strict=True)
    ]

    def do() -> shapes.Adjustment:
        moves = adjusting.adjust(by.person, reason=body.reason, day=day, lines=parts)
        return stock.adjustment(body.reason, day, moves, by)

    return once(request, do, 201)


@post("/reservations", right="move_stock", answer=shapes.Reservation, makes=True)
def post_reservation(request: HttpRequest, body: shapes.ReservationIn) -> HttpResponse:
    """Hold free stock for an order line."""
    by = caller(request)
    try:
        order = meant("order", body.order, by.person)
    except Problem as problem:
        if problem.status != 404:
            raise
        raise wrong_field("order", "unknown_document", problem.detail) from None
    qty = to_units(body.qty, QTY_SCALE)
    return once(request, lambda: _reservation(reserve(by.person, order, body.line, qty)), 201)


@delete("/reservations/{n}", right="move_stock", answer=shapes.Reservation)
def delete_reservation(request: HttpRequest, n: str) -> HttpResponse:
    """Give up what a reservation holds; whoever waits for it gets it."""
    by = caller(request)
    figure = n.isascii() and n.isdigit() and len(n) < 19
    row = Reservation.objects.filter(pk=int(n)).first() if figure else None
    if row is None:
        raise not_found("reservation", n)
    meant("order", f"~{row.order}", by.person)

    def do() -> shapes.Reservation:
        unreserve(by.person, row.pk)
        return _reservation(row.pk)

    return once(request, do)


def not_future(day: date, path: str = "date") -> None:
    """Problem 422 for a day that has not come yet: what is done is done."""
    if day > clock.today():
        sentence = _("%(day)s has not come yet; what is done was done today (%(today)s) or before.")
        raise wrong_field(path, "future_date", sentence % {"day": day, "today": clock.today()})


def _goods(skus: list[str]) -> list[Product]:
    """The products that lines name. Problem 422 for a service: it has no stock."""
    found = products.named(skus)
    for place, row in enumerate(found):
        if row.service:
            sentence = _("%(sku)s is a service; only goods have stock.")
            raise wrong_field(f"lines.{place}.sku", "wrong_value", sentence % {"sku": row.sku})
    return found


def _check_difference(path: str, reason: str, line: shapes.AdjustmentLineIn) -> None:
    goes = reason in OUT
    if not line.qty or (line.qty < 0) != goes:
        sentence = (
            _("A quantity of %(reason)s goes out: write it below 0.")
            if goes
            else _("A quantity of %(reason)s comes in: write it above 0.")
        )
        raise wrong_field(f"{path}.qty", "wrong_value", sentence % {"reason": MoveKind(reason).label})
    if goes and line.unit_cost is not None:
        sentence = _("What goes out goes at the cost that it has. Leave unit_cost out.")
        raise wrong_field(f"{path}.unit_cost", "unknown_field", sentence)
    if line.qty * (line.unit_cost or Decimal(0)) >= LARGEST:
        raise wrong_field(f"{path}.unit_cost", "too_large", _("This line is worth more than can be counted."))


def _warehouse(code: str | None) -> int | None:
    if code is None:
        return None
    found = Warehouse.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        sentence = _("There is no warehouse %(code)s; leave it out for the first one.")
        raise wrong_field("warehouse", "unknown_warehouse", sentence % {"code": code})
    return found


def _receipt(pk: int, by: Caller) -> shapes.Receipt:
    return versioned(stock.receipt(pk, by))


def _reservation(pk: int) -> shapes.Reservation:
    return stock.reservations([Reservation.objects.get(pk=pk)])[0]
