"""What is done with an invoice of our own: a draft is lowered, posted, cancelled; a posted one is credited or taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.billing.models import Invoice, InvoiceLine
from ordertrail.desk.cancel_invoice import cancel_invoice
from ordertrail.desk.change_invoice import change_invoice
from ordertrail.desk.credit import credit as credit_lines
from ordertrail.desk.credit import left_of
from ordertrail.desk.post_invoice import post_invoice
from ordertrail.lib import clock
from ordertrail.lib.money import QTY_SCALE, from_units
from ordertrail.lib.refused import Refused
from ordertrail.till.billing_together import dates, told_of
from ordertrail.till.once import key_of, sent
from ordertrail.till.scope import at, meant
from ordertrail.till.together import Named
from ordertrail.till.typed import day, figures, quantity, shown, units
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an invoice in a form. ``most``: how much may stand there (None for a line that bills money)."""

    line: int
    order: Named
    place: int | None
    name: str
    sku: str
    qty: Decimal | None
    gross: Decimal
    kind: str
    most: Decimal | None
    typed: str


def rows_of(invoice: int, form: Any, most: Callable[[Sequence[InvoiceLine]], dict[int, Decimal]]) -> list[Row]:
    """The lines of an invoice, each with what is typed for it."""
    rows = list(InvoiceLine.objects.filter(invoice=invoice).select_related("order", "order_line").order_by("line"))
    limits = most(rows)
    return [
        Row(
            row.line,
            Named(row.order_id or 0, (row.order.number if row.order else "") or f"~{row.order_id}"),
            row.order_line.line if row.order_line else None,
            (row.order_line.name if row.order_line else "") or row.sku,
            row.sku,
            row.qty,
            row.gross,
            row.kind,
            limits.get(row.pk),
            form.get(f"qty-{row.line}", shown(limits[row.pk]) if row.pk in limits else ""),
        )
        for row in rows
    ]


def as_it_is(rows: Sequence[InvoiceLine]) -> dict[int, Decimal]:
    """The quantities that stand on the lines."""
    return {row.pk: row.qty for row in rows if row.qty is not None}


def creditable(rows: Sequence[InvoiceLine]) -> dict[int, Decimal]:
    """What may still be taken back of each line."""
    left = left_of({row.order_line_id for row in rows if row.order_line_id})
    return {row.pk: from_units(left[row.pk], QTY_SCALE) for row in rows if row.pk in left}


def answer(
    request: HttpRequest,
    template: str,
    invoice: int,
    do: Callable[[], str],
    most: Callable[[Sequence[InvoiceLine]], dict[int, Decimal]] = as_it_is,
) -> HttpResponse:
    """The form of a verb, or what sending it does; where it is refused, the form with what was typed and why."""
    done, refused = sent(request, do)
    if done:
        return done
    row = Invoice.objects.get(pk=invoice)
    today = (row.invoice_date or clock.today()).isoformat() if row.state == "draft" else clock.today().isoformat()
    due = row.due_date.isoformat() if row.due_date else ""
    context = {
        "row": row,
        "name": row.number or f"~{row.pk}",
        "page_href": at("track:invoice", invoice),
        "rows": rows_of(invoice, request.POST, most),
        "result": told_of(invoice),
        "date": request.POST.get("date", today),
        "due_date": request.POST.get("due_date", due),
        "rate": request.POST.get("rate", "" if row.rate is None else shown(row.rate)),
        "foreign": row.currency != settings.COMPANY.currency,
        "company_currency": settings.COMPANY.currency,
        "once": key_of(request),
        "refused": refused,
    }
    return render(request, template, context, status=422 if refused else 200)


@needs("bill")
@require_http_methods(["GET", "POST"])
@meant("invoice")
def lines(request: HttpRequest, invoice: int) -> HttpResponse:
    """Lower a draft's lines: what is taken out is open again."""

    def do() -> str:
        typed = {line: quantity(text, _("Quantity")) for line, text in figures(request.POST, "qty-").items()}
        change_invoice(person_of(request), invoice, typed)
        return at("track:invoice", invoice)

    return answer(request, "till/invoice_lines.html", invoice, do)


@needs("bill")
@require_http_methods(["GET", "POST"])
@meant("invoice")
def post(request: HttpRequest, invoice: int) -> HttpResponse:
    """Post a draft: it gets its number, and counts."""

    def do() -> str:
        rate = request.POST.get("rate", "").strip()
        post_invoice(person_of(request), invoice, *dates(request.POST), units(rate, _("Rate")) if rate else None)
        number = Invoice.objects.get(pk=invoice).number
        messages.success(request, _("Invoice %(number)s is posted.") % {"number": number})
        return at("track:invoice", invoice)

    return answer(request, "till/post_invoice.html", invoice, do)


@needs("bill")
@require_http_methods(["GET", "POST"])
@meant("invoice")
def cancel(request: HttpRequest, invoice: int) -> HttpResponse:
    """Cancel: a draft is gone, a posted invoice is taken back by a counter-document."""

    def do() -> str:
        counter = cancel_invoice(person_of(request), invoice, day(request.POST.get("date", ""), _("Cancelled on")))
        messages.success(request, _("The invoice is cancelled."))
        return at("track:invoice", counter or invoice)

    return answer(request, "till/cancel_invoice.html", invoice, do)


@needs("bill")
@require_http_methods(["GET", "POST"])
@meant("invoice")
def credit(request: HttpRequest, invoice: int) -> HttpResponse:
    """Take back quantities of a posted invoice, without goods."""

    def do() -> str:
        typed = {
            line: qty for line, text in figures(request.POST, "qty-").items() if (qty := quantity(text, _("Quantity")))
        }
        if not typed:
            raise Refused("wrong_value", _("Nothing is chosen. Give one line a quantity above 0."))
        note = credit_lines(person_of(request), invoice, typed, day(request.POST.get("date", ""), _("Date")))
        number = Invoice.objects.get(pk=note).number
        messages.success(request, _("Credit note %(number)s is posted.") % {"number": number})
        return at("track:invoice", note)

    return answer(request, "till/credit.html", invoice, do, creditable)
