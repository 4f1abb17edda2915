"""The page on which an order is amended: its lines as they are, what changes of them, what
is added, and why; how it was stays to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ordertrail.counter import fields, find
from ordertrail.counter.fields import Reading
from ordertrail.counter.once import key_of, new_key, once
from ordertrail.counter.order_form import fields_text
from ordertrail.counter.revisions import Added, Changed, revisions
from ordertrail.counter.verbs import address, named
from ordertrail.desk.amend import Change, Preview, amend, preview
from ordertrail.desk.held import hold_orders
from ordertrail.desk.take_order import LineWanted
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, from_units
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order, OrderLine, Terms
from ordertrail.orders.own import heads, may
from ordertrail.track.addresses import BY_ID
from ordertrail.track.line_rows import unit_words
from ordertrail.track.order import person_of
from ordertrail.track.scope import meant
from ordertrail.web.rights import needs

FIELDS = ("sku", "qty", "price")
BLANK_ROWS = 3
"""So many lines can be added at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is, and as it stands in the form."""

    line: OrderLine
    sku: str
    qty: str
    price: str

    @property
    def unit(self) -> str:
        """In what it is counted, as people say it."""
        return unit_words(self.line.unit)


@dataclass(frozen=True, slots=True)
class More:
    """A line that is to be added, as texts; ``place`` counts from 1."""

    place: int
    sku: str = ""
    qty: str = ""
    price: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.sku.strip() or self.qty.strip() or self.price.strip())


@needs("type_orders")
@require_http_methods(["GET", "POST"])
@meant("order")
def amend_order(request: HttpRequest, order: int) -> HttpResponse:
    """The form; sent, the order is another revision."""
    if request.method == "GET":
        return shown(request, order, rows_of(order, QueryDict()))
    rows, by, reading = rows_of(order, request.POST), person_of(request), Reading()
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    try:
        changes, more = changes_of(rows, reading), added_of(more_of(request.POST), reading)
        if not reason:
            reading.errors["reason"] = _("Say why it is amended; whoever reads the order later wants to know.")
        promised = promise_of(order, request.POST, reading)
        if not changes and not more and promised is None and not reading.errors:
            reading.errors["lines"] = _(
                "Nothing is changed yet. Change a quantity, a price or a product, or add a line."
            )
        reading.check()

        def do() -> str:
            hold_orders([order])
            _same_revision(request, order)
            amend(by=by, order=order, lines=changes, more=more, reason=reason[:300], promised_date=promised)
            return address(order)

        back, now = once(request, by, do)
    except Refused as no:
        reading.take(no)
        return shown(request, order, rows, no, reading, reason)
    if now:
        told = {"order": named(order), "revision": Terms.objects.values_list("revision", flat=True).get(pk=order)}
        messages.success(request, _("Order %(order)s is amended: revision %(revision)s.") % told)
    return redirect(back)


def _same_revision(request: HttpRequest, order: int) -> None:
    """Refused("stale") where somebody has amended the order since the form was opened."""
    revision = Terms.objects.filter(pk=order).values_list("revision", flat=True).first()
    sent = request.POST.get("revision", "")
    if sent and revision is not None and sent != str(revision):
        sentence = _(
            "Order %(order)s has been amended meanwhile: it is at revision %(revision)s. Load the page again, then change it."
        )
        raise Refused("stale", sentence % {"order": named(order), "revision": revision})


def rows_of(order: int, post: QueryDict) -> list[Row]:
    """The lines of an order with what was sent for each, else as they are."""
    found = []
    for line in OrderLine.objects.filter(order=order).order_by("line"):
        texts = {
            "sku": line.sku, "qty": fields_text(line.qty), "price": "" if line.price is None else fields_text(line.price),
        }  # fmt: skip
        found.append(
            Row(line, **{name: post.get(f"{name}-{line.line}", text)[: find.LONGEST] for name, text in texts.items()})
        )
    return found


def changes_of(rows: list[Row], reading: Reading) -> list[Change]:
    """What is asked to be changed; what cannot be read stands in ``reading`` by row."""
    meant_ = find.products_of([row.sku for row in rows if row.sku.strip() != row.line.sku])
    changes = []
    for row in rows:
        at, line = f"lines.{row.line.line}", row.line
        qty = reading.needed(
            f"{at}.qty",
            row.qty,
            fields.quantity,
            line.qty,
            _("Write a quantity above 0; close or cancel to take all off."),
        )
        price = reading.needed(f"{at}.price", row.price, fields.figure, line.price, _("Give a price; 0 is one too."))
        product = meant_.get(row.sku)
        if isinstance(product, str):
            reading.errors.setdefault(f"{at}.sku", product)
        sku = product.product.sku if isinstance(product, find.Meant) else None
        told: dict[str, Any] = {}
        if sku is not None and sku != line.sku:
            told["sku"] = sku
        if qty != line.qty:
            told["qty"] = qty
        if price != line.price:
            told["price"] = price
        if told:
            changes.append(Change(line.line, path=at, **told))
    return changes


def promise_of(order: int, post: QueryDict, reading: Reading) -> date | None:
    """The day that is promised anew; None where it stays. What cannot be read stands in ``reading``."""
    was = Order.objects.values_list("promised_date", flat=True).get(pk=order)
    text = post.get("promised_date")
    if text is None or (was is None and not text.strip()):
        return None
    gone = _("A day that was promised can be moved, not taken away. Give the new one.")
    day = reading.needed("promised_date", text, fields.day, was, gone)
    return None if day == was else day


def more_of(post: QueryDict) -> list[More]:
    """The rows for lines to add, with what was sent for each."""
    columns = [[text.replace("\0", "")[: find.LONGEST] for text in post.getlist(name)[:BLANK_ROWS]] for name in FIELDS]
    told = [[*column, *[""] * BLANK_ROWS][:BLANK_ROWS] for column in columns]
    return [More(place, *texts) for place, texts in enumerate(zip(*told, strict=True), 1)]


def added_of(rows: list[More], reading: Reading) -> list[LineWanted]:
    """The lines to add; a barcode stands for as many as its pack holds. What cannot be read stands in ``reading`` by row."""
    filled = [row for row in rows if not row.empty]
    meant_ = find.products_of([row.sku for row in filled if row.sku.strip()])
    lines = []
    for row in filled:
        at = f"more.{row.place}"
        product = meant_.get(row.sku)
        if not isinstance(product, find.Meant):
            reading.errors[f"{at}.sku"] = product or _("Which product? Write its SKU, barcode or name.")
        wanted = _("How much of it? Write a quantity above 0.")
        qty = reading.needed(f"{at}.qty", row.qty, fields.quantity, Decimal(1), wanted)
        price = reading.read(f"{at}.price", row.price, fields.figure, None)
        if isinstance(product, find.Meant):
            if not row.price.strip() and product.product.price is None:
                reading.errors[f"{at}.price"] = _("%(sku)s has no price of its own. Give one.") % {
                    "sku": product.product.sku
                }
            lines.append(LineWanted(product.product.sku, qty * (product.pack or 1), price))
    return lines


@dataclass(frozen=True, slots=True)
class Difference:
    """What an amendment would change: fields of lines, lines that are added, and what the order comes to, before and after."""

    changes: tuple[Changed, ...]
    before: Decimal
    after: Decimal
    was_promised: date | None
    promised: date | None

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return bool(self.changes) or self.promised is not None


def difference(order: int, changes: list[Change], more: list[LineWanted], promised: date | None) -> Difference:
    """What these changes would make of an order; nothing is written. Refused as ``amend``."""
    found: list[Preview] = preview(order=order, lines=changes, more=more)
    told: list[Changed] = []
    for one in found:
        now: dict[str, str | Decimal] = {
            "sku": one.after.sku,
            "qty": from_units(one.after.qty, QTY_SCALE),
            "price": from_units(one.after.price, QTY_SCALE),
        }
        told += _told(one, now)
    was = Order.objects.values_list("promised_date", flat=True).get(pk=order)
    before = sum((one.before.gross for one in found if one.before), Decimal(0))
    return Difference(
        tuple(told), before, from_units(sum(one.amounts.gross for one in found), MONEY_SCALE), was, promised
    )


def _told(one: Preview, now: dict[str, Any]) -> list[Changed]:
    """What changes of a line; one that is added is told once."""
    if one.before is None:
        return [Changed(one.after.line, "sku", "", now["sku"], Added(now["qty"], now["price"]))]
    return [
        Changed(one.before.line, name, getattr(one.before, name), now[name])
        for name in FIELDS
        if getattr(one.before, name) != now[name]
    ]


@needs("type_orders")
@require_POST
@meant("order")
def amend_told(request: HttpRequest, order: int) -> HttpResponse:
    """What the form would change, as it stands: a fragment. Nothing is written."""
    reading = Reading()
    changes, more = changes_of(rows_of(order, request.POST), reading), added_of(more_of(request.POST), reading)
    promised = promise_of(order, request.POST, reading)
    context: dict[str, Any] = {"order": Order.objects.get(pk=order)}
    try:
        reading.check()
        context["difference"] = difference(order, changes, more, promised)
    except Refused as no:
        context["problem"] = no.detail
    return render(request, "counter/difference.html", context)


def shown(
    request: HttpRequest,
    order: int,
    rows: list[Row],
    no: Refused | None = None,
    reading: Reading | None = None,
    reason: str = "",
) -> HttpResponse:
    """The page; 422 with what is wrong where something is, and without a form where the order cannot be amended."""
    row = Order.objects.get(pk=order)
    closed = ""
    try:
        may("amend", heads([order])[order])
    except Refused as shut:
        closed = shut.detail
    errors = reading.errors if reading else {}
    context = {
        "order": row,
        "name": named(order),
        "key": f"{BY_ID}{order}",
        "back": address(order),
        "closed": closed,
        "rows": [
            (one, _wrong(f"lines.{one.line.line}", errors), errors.get(f"lines.{one.line.line}", "")) for one in rows
        ],
        "adding": [(one, _wrong(f"more.{one.place}", errors)) for one in more_of(request.POST)],
        "errors": errors,
        "promised": request.POST.get("promised_date", row.promised_date.isoformat() if row.promised_date else ""),
        "refused": no,
        "reason": reason,
        "revision": Terms.objects.filter(pk=order).values_list("revision", flat=True).first() or 0,
        "revisions": revisions(order),
        "once": key_of(request) if no and no.code not in ("sent_already", "stale") else new_key(),
    }
    return render(request, "counter/amend.html", context, status=422 if no else 200)


def _wrong(at: str, errors: dict[str, str]) -> dict[str, str]:
    """What is wrong with the fields of the row at this path."""
    return {name: errors.get(f"{at}.{name}", "") for name in FIELDS}
