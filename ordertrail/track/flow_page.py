"""The flow page 合并拆分流向: how orders merge and split over shipments, invoices and payments; as a picture, a table and a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ordertrail.billing.models import InvoiceShare, PaymentShare
from ordertrail.desk.flow import sharing
from ordertrail.lib import clock
from ordertrail.lib.money import minor_digits
from ordertrail.orders.models import OrderStatus
from ordertrail.orders.queries import only_for, visible_orders
from ordertrail.records.models import SourceDocument
from ordertrail.shipping.models import ShipmentLine
from ordertrail.track.addresses import BY_ID, href
from ordertrail.track.export import FORMATS, answered
from ordertrail.track.flow_draw import Picture, draw
from ordertrail.track.flow_net import Net, net
from ordertrail.track.flow_shares import Share, shares
from ordertrail.track.flow_words import Said, check, findings, kind, name
from ordertrail.track.scope import meant
from ordertrail.track.sheets import Cell, short
from ordertrail.track.things import KINDS
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs

MOST_ORDERS = 30
"""Of an order that shares its documents with more orders, its own part is shown until all of them are asked for."""
MOST_BOXES = 160
"""A picture of more boxes is not drawn: nothing could be seen in it."""
MOST_ROWS = 500
"""So many rows stand on the page; all of them are in the file."""
BY = ("money", "qty")

_ORDERS_OF: dict[str, tuple[Any, str]] = {
    "shipment": (ShipmentLine, "shipment"),
    "invoice": (InvoiceShare, "invoice"),
    "payment": (PaymentShare, "payment"),
}
"""Where the orders of a document stand, and the column that holds the document."""


@dataclass(frozen=True, slots=True)
class FlowPage:
    """Everything that the page shows. ``hidden`` counts the orders on these documents that its reader may not see."""

    kind: str
    kind_words: str
    number: str
    href: str
    flow_href: str
    by: str
    whole: bool
    others: int
    hidden: int
    net: Net
    picture: Picture | None
    check: tuple[str, ...]
    said: tuple[Said, ...]
    shares: tuple[Share, ...]
    all_seen: bool

    @property
    def balances(self) -> bool:
        """Whether everything that comes in goes out, and no more than was ordered and shipped."""
        return not any(one.wrong for one in self.said)

    @property
    def rows(self) -> tuple[Any, ...]:
        """The strands that stand on the page."""
        return self.net.strands[:MOST_ROWS]

    @property
    def inner(self) -> list[Any]:
        """The boxes in which what comes in must be what goes out."""
        return [box for box in self.net.boxes if box.inner]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which orders are shown: those ``asked`` for, with all that share a document with them if ``whole``."""

    orders: frozenset[int]
    whole: bool
    others: int
    hidden: int


def scope(kind: str, pk: int, whole: str, person: object) -> Scope:
    """The orders of the flow of a document; ``whole`` is "1", "0", or else: as far as it stays easy to read."""
    own = {pk} if kind == "order" else _on(kind, pk)
    sharing_all = sharing(own)
    everyone = whole == "1" or (whole != "0" and kind == "order" and len(sharing_all) <= MOST_ORDERS)
    asked = sharing_all if everyone else own
    seen = set(visible_orders(person).filter(pk__in=asked).values_list("pk", flat=True))
    return Scope(frozenset(seen), everyone, len(sharing_all - own), len(asked - seen))


def _on(kind: str, pk: int) -> set[int]:
    model, column = _ORDERS_OF[kind]
    rows = model.objects.filter(**{column: pk}, counts=True, order__isnull=False)
    return set(rows.values_list("order_id", flat=True))


def flow_page(kind: str, pk: int, asked: Any, person: object) -> FlowPage:
    """The flow page of an order or document; ``asked`` is the address's query."""
    found = scope(kind, pk, asked.get("whole", ""), person)
    by = asked.get("by") if asked.get("by") in BY else BY[0]
    told = net(found.orders, (kind, pk))
    statuses = OrderStatus.objects.filter(order__in=found.orders).order_by("number", "order_id")
    number = SourceDocument.objects.values_list("number", flat=True).filter(pk=pk).first() or str(pk)
    all_seen = only_for(person) is None
    return FlowPage(
        kind,
        str(KINDS[kind]),
        number,
        href(kind, pk),
        reverse(f"track:{kind}_flow", args=[f"{BY_ID}{pk}"]),
        by,
        found.whole,
        found.others,
        found.hidden,
        told,
        draw(told, by) if told.strands and len(told.boxes) <= MOST_BOXES else None,
        tuple(check(told)) if told.strands else (),
        tuple(findings(told, statuses)),
        tuple(shares({one.id: one for one in told.orders}, whole=all_seen)),
        all_seen,
    )


def view(kind: str) -> Callable[..., HttpResponseBase]:
    """The view of the flow of one kind of document."""

    def flow(request: HttpRequest, pk: int) -> HttpResponseBase:
        wanted = request.GET.get("format", "")
        if wanted in (*FORMATS, "json"):
            if not may(request.user, "export"):
                return not_allowed(request, "export")
            return file(request, kind, pk, wanted)
        page = flow_page(kind, pk, request.GET, request.user)
        if request.headers.get("HX-Request"):
            rows_at = f"{page.flow_href}?by={page.by}&whole={int(page.whole)}"
            return render(request, "track/flow_card.html", {"page": page, "rows_at": rows_at})
        return render(request, "track/flow.html", {"page": page})

    return needs("see_orders")(require_GET(meant(kind)(flow)))  # type: ignore[arg-type]  # a file is an answer too


def file(request: HttpRequest, kind: str, pk: int, wanted: str) -> HttpResponseBase:
    """Every strand, line by line whatever the page shows, as a file or as JSON."""
    found = scope(kind, pk, request.GET.get("whole", ""), request.user)
    told = net(found.orders, (kind, pk), grouped=False)
    if wanted == "json":
        return JsonResponse(as_json(told))
    heads = [
        _("Order line"), _("From"), _("Kind"), _("To"), _("Kind"), _("Quantity"), _("Unit"), _("Amount incl. tax"), _("Currency"),
        _("Rule"),
    ]  # fmt: skip
    about: list[tuple[str, Cell]] = [
        (_("Rows"), len(told.strands)),
        (_("Address"), request.build_absolute_uri()),
        (_("Check"), "; ".join(check(told))),
        (_("Made by"), str(request.user)),
        (_("Made at"), clock.now().astimezone(clock.zone()).isoformat(timespec="seconds")),
    ]
    return answered(_("Flow"), wanted, heads, cells(told), about)


def cells(told: Net) -> Iterator[list[Cell]]:
    """The rows of the file below its head."""
    for one in told.strands:
        qty = short(one.qty) if one.qty else None
        money = round(one.amount, minor_digits(one.order.currency))
        yield [
            one.line, name(one.source), kind(one.source), name(one.target), kind(one.target), qty, one.unit, money, one.order.currency,
            str(one.rule),
        ]  # fmt: skip


def as_json(told: Net) -> dict[str, Any]:
    """Boxes and strands as data: names as in the API's flow, amounts as text."""

    def figures(qty: Decimal, amount: Decimal, currency: str) -> dict[str, Any]:
        money = str(round(amount, minor_digits(currency))) if currency else None
        return {"qty": f"{qty.normalize():f}", "amount": money, "currency": currency or None}

    return {
        "nodes": [
            {"id": box.id, "kind": "open" if box.open else box.kind, "number": box.number or None,
             **figures(box.qty, box.amount, told.currency)}
            for box in told.boxes
        ],
        "edges": [
            {"from": one.source.id, "to": one.target.id, "order": one.order.number, "line": one.line,
             **figures(one.qty, one.amount, one.order.currency), "rule": str(one.rule)}
            for one in told.strands
        ],
    }  # fmt: skip


order = view("order")
shipment = view("shipment")
invoice = view("invoice")
payment = view("payment")
