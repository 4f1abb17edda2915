"""Collecting: payments, what they settle, and money that goes back."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import payments
from ordertrail.api.calls.customers import check_currency
from ordertrail.api.calls.declare import post
from ordertrail.api.doing import done_to
from ordertrail.api.door import Caller, caller
from ordertrail.api.named import named, one_named
from ordertrail.api.once import once
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import billing as given
from ordertrail.api.shapes import documents as papers
from ordertrail.api.versions import versioned
from ordertrail.desk.allocate import allocate, unallocate
from ordertrail.desk.pay import Paid, pay
from ordertrail.desk.refund import refund
from ordertrail.desk.settling import Chosen
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units
from ordertrail.parties.models import Customer


def told(pk: int, by: Caller) -> papers.Payment:
    """The payment as GET gives it."""
    return versioned(payments.payment(pk, by))


@post("/payments", right="take_money", answer=papers.Payment, makes=True)
def make_payment(request: HttpRequest, body: given.PaymentIn) -> HttpResponse:
    """Write a payment down: it settles invoices as chosen, or by the default rule."""
    by = caller(request)
    return once(request, lambda: told(pay(by.person, _paid(by, body)), by), 201)


def _paid(by: Caller, body: given.PaymentIn) -> Paid:
    customer = one_named("customer", body.customer, "customer", by.person)
    if body.currency is not None:
        check_currency("currency", body.currency)
    currency = body.currency or Customer.objects.get(pk=customer).currency or settings.COMPANY.currency
    chosen = None if body.allocations is None else _chosen(by, body.allocations, "allocations.")
    return Paid(
        customer=customer,
        day=body.date,
        amount=to_units(body.amount, MONEY_SCALE),
        currency=currency,
        rate=None if body.rate is None else to_units(body.rate, QTY_SCALE),
        reference=body.reference,
        deposit_for=one_named("order", body.deposit_for, "deposit_for", by.person) if body.deposit_for else None,
        allocations=chosen,
        write_off=body.difference == "write_off",
    )


def _chosen(by: Caller, listed: Sequence[given.AllocationIn], under: str = "") -> list[Chosen]:
    paths = [f"{under}{place}" for place in range(len(listed))]
    each = list(zip(listed, paths, strict=True))
    invoices = named("invoice", [(one.invoice, f"{path}.invoice") for one, path in each], by.person)
    orders = named("order", [(one.order, f"{path}.order") for one, path in each if one.order], by.person)
    for one, path in each:
        if not one.amount or -one.amount.as_tuple().exponent > 4:  # type: ignore[operator]  # finite
            raise wrong_field(f"{path}.amount", "wrong_value", _("An amount has at most 4 decimals and is not 0."))
    return [
        Chosen(invoices[one.invoice], to_units(one.amount, MONEY_SCALE), orders.get(one.order or ""), f"{path}.amount")
        for one, path in each
    ]


@post("/payments/{n}/allocate", right="take_money", answer=papers.Payment)
def allocate_payment(request: HttpRequest, n: str, body: list[given.AllocationIn]) -> HttpResponse:
    """Let what is left of a payment settle invoices."""
    by = caller(request)
    _check_some(body)
    return done_to(request, "payment", n, lambda pk: allocate(by.person, pk, _chosen(by, body)), told)


@post("/payments/{n}/unallocate", right="take_money", answer=papers.Payment)
def unallocate_payment(request: HttpRequest, n: str, body: list[given.AllocationIn]) -> HttpResponse:
    """Take allocations back, the newest first."""
    by = caller(request)
    _check_some(body)
    for place, one in enumerate(body):
        if one.order is not None:
            sentence = _("What is taken back is taken back of all orders as it was allocated; leave the order out.")
            raise wrong_field(f"{place}.order", "unknown_field", sentence)
    return done_to(request, "payment", n, lambda pk: unallocate(by.person, pk, _chosen(by, body)), told)


def _check_some(body: Sequence[given.AllocationIn]) -> None:
    if not 1 <= len(body) <= given.MOST:
        sentence = _("Name 1 to %(most)s invoices.")
        raise wrong_field("0", "wrong_value", sentence % {"most": given.MOST})


@post("/payments/{n}/refund", right="take_money", answer=papers.Payment)
def refund_payment(request: HttpRequest, n: str, body: given.RefundIn) -> HttpResponse:
    """Pay money back: of what is left of the payment, or what a credit note owes. Answers the payment that it is paid back of."""
    by = caller(request)

    def do(pk: int) -> int:
        note = one_named("invoice", body.credit_note, "credit_note", by.person) if body.credit_note else None
        return refund(by.person, pk, to_units(body.amount, MONEY_SCALE), body.date, note)

    return done_to(request, "payment", n, do, told)
