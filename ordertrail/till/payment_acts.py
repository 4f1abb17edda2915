"""What is done with a payment of our own: what is left settles invoices, what was set is taken back, money goes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.billing.models import Payment
from ordertrail.desk.allocate import allocate, unallocate
from ordertrail.desk.refund import refund
from ordertrail.desk.settling import Chosen
from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.records.own import groups_of
from ordertrail.till.once import key_of, sent
from ordertrail.till.scope import at, meant
from ordertrail.till.settlement import Row, open_rows, seen, settled, taken_rows
from ordertrail.till.typed import day, figures, money, shown
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

Rows = Callable[[Payment, dict[int, str], object], list[Row]]


def answer(request: HttpRequest, template: str, payment: int, do: Callable[[], str], rows: Rows) -> HttpResponse:
    """The form of a verb, or what sending it does; where it is refused, the form with what was typed and why."""
    done, refused = sent(request, do)
    if done:
        return done
    row = Payment.objects.get(pk=payment)
    now = settled(payment, request.user)
    context: dict[str, Any] = {
        "row": row,
        "name": row.number,
        "page_href": at("track:payment", payment),
        "rows": rows(row, figures(request.POST, "on-"), request.user),
        "rest": now.rest,
        "result": now,
        "currency": row.currency,
        "amount": request.POST.get("amount", shown(now.rest)),
        "note": request.POST.get("credit_note", ""),
        "date": request.POST.get("date", clock.today().isoformat()),
        "once": key_of(request),
        "refused": refused,
    }
    return render(request, template, context, status=422 if refused else 200)


def customer_of(row: Payment) -> int:
    """The customer that a payment of our own was written down for, as customers are joined now; 0 for another system's."""
    return groups_of([row.customer]).get(row.customer, 0) if row.customer is not None else 0


def still_open(row: Payment, typed: dict[int, str], person: object) -> list[Row]:
    """What this payment may settle: the customer's open invoices in its currency."""
    return open_rows(customer_of(row), row.currency, typed, person)


def open_notes(row: Payment, typed: dict[int, str], person: object) -> list[Row]:
    """The credit notes that money may be paid out for."""
    return [one for one in still_open(row, typed, person) if one.note]


def typed_of(request: HttpRequest) -> Sequence[Chosen]:
    """What is typed for each invoice. Refused("wrong_value") where nothing is."""
    amounts = {
        invoice: money(text, _("Amount")) for invoice, text in seen(figures(request.POST, "on-"), request.user).items()
    }
    found = [Chosen(invoice, amount) for invoice, amount in amounts.items() if amount]
    if not found:
        raise Refused("wrong_value", _("Nothing is chosen. Give one invoice an amount above 0."))
    return found


@needs("take_money")
@require_http_methods(["GET", "POST"])
@meant("payment")
def settle(request: HttpRequest, payment: int) -> HttpResponse:
    """Let what is left of a payment settle invoices."""

    def do() -> str:
        allocate(person_of(request), payment, typed_of(request))
        return at("track:payment", payment)

    return answer(request, "till/allocate.html", payment, do, still_open)


@needs("take_money")
@require_http_methods(["GET", "POST"])
@meant("payment")
def take_back(request: HttpRequest, payment: int) -> HttpResponse:
    """Take back what a payment settles, so that it is free again."""

    def do() -> str:
        unallocate(person_of(request), payment, typed_of(request))
        return at("track:payment", payment)

    return answer(
        request, "till/unallocate.html", payment, do, lambda row, typed, person: taken_rows(row.pk, typed, person)
    )


@needs("take_money")
@require_http_methods(["GET", "POST"])
@meant("payment")
def pay_back(request: HttpRequest, payment: int) -> HttpResponse:
    """Pay money back: of what is left of the payment, or what a credit note owes."""

    def do() -> str:
        form = request.POST
        note = form.get("credit_note", "")
        credit_note = int(note) if note.isascii() and note.isdigit() and len(note) < 19 else None
        amount = money(form.get("amount", ""), _("Amount"))
        if not amount:
            raise Refused("wrong_value", _("An amount is above 0."))
        out = refund(person_of(request), payment, amount, day(form.get("date", ""), _("Paid back on")), credit_note)
        number = Payment.objects.get(pk=out).number
        messages.success(request, _("Paid back by %(number)s.") % {"number": number})
        return at("track:payment", payment)

    return answer(request, "till/refund.html", payment, do, open_notes)
