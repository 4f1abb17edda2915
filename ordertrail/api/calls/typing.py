"""Typing orders, and every verb of one."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import own_orders
from ordertrail.api.calls.declare import post
from ordertrail.api.doing import done_to, person_of
from ordertrail.api.door import caller
from ordertrail.api.named import one_named
from ordertrail.api.once import once
from ordertrail.api.problems import not_allowed, not_found, wrong_field
from ordertrail.api.shapes import orders as shapes
from ordertrail.api.shapes import typing
from ordertrail.api.shapes.frame import Shape
from ordertrail.desk.amend import Change, amend
from ordertrail.desk.cancel import cancel
from ordertrail.desk.choose import Created, choose
from ordertrail.desk.close import close
from ordertrail.desk.confirm import confirm
from ordertrail.desk.quote import quote
from ordertrail.desk.reopen import reopen
from ordertrail.desk.take_order import LineWanted, OrderWanted, take_order
from ordertrail.lib.currencies import meant_by
from ordertrail.lib.money import CURRENCIES
from ordertrail.orders.exceptions import SHIPMENT_CANCELLED
from ordertrail.orders.models import OrderException
from ordertrail.parties.models import Person
from ordertrail.web.rights import may


@post("/orders", right="type_orders", answer=shapes.Order, makes=True)
def type_order(request: HttpRequest, body: typing.OrderIn) -> HttpResponse:
    """Type an order: it is a draft until it is confirmed."""
    by = caller(request)
    _check_currency(body.currency)

    def run() -> shapes.Order:
        customer = one_named("customer", body.customer, "customer", by.person)
        return own_orders.order(take_order(by=by.person, wanted=_wanted(body, customer)), by)

    return once(request, run, 201)


def _wanted(body: typing.OrderIn, customer: int) -> OrderWanted:
    return OrderWanted(
        customer=customer,
        lines=tuple(
            LineWanted(one.sku, one.qty, one.price, one.discount or Decimal(0), one.tax_rate, one.ship_date)
            for one in body.lines
        ),
        number=body.number or "",
        day=body.date,
        promised_date=body.promised_date,
        ship_to=body.ship_to,
        currency=body.currency or "",
        discount=body.discount or Decimal(0),
        invoice_policy=body.invoice_policy,
        prices_include_tax=body.prices_include_tax,
        reserve=body.reserve,
        remark=body.remark or "",
    )


def _check_currency(code: str | None) -> None:
    """Problem 422 for a currency that there is not, with the one that is meant."""
    if code is None or code in CURRENCIES:
        return
    meant = meant_by(code)
    sentence = (
        _("There is no currency %(code)s. Write %(meant)s, its code of ISO 4217.")
        if meant
        else _("There is no currency %(code)s. Write its code of ISO 4217, for example CNY.")
    )
    raise wrong_field("currency", "wrong_value", sentence % {"code": code, "meant": meant})


@post("/orders/{n}/quote", right="type_orders", answer=shapes.Order)
def quote_order(request: HttpRequest, n: str, body: typing.QuoteIn | None = None) -> HttpResponse:
    """Make a numbered quotation of a draft; what cannot be there on its day must be accepted."""
    by, asked = person_of(request), body or typing.QuoteIn()
    return done_to(
        request, "order", n, lambda pk: quote(by=by, order=pk, accept=asked.accept, day=asked.date), own_orders.order
    )


@post("/orders/{n}/confirm", right="type_orders", answer=shapes.Order)
def confirm_order(request: HttpRequest, n: str, body: typing.DoneIn | None = None) -> HttpResponse:
    """Confirm an order: it takes what is free of its goods, and waits for the rest."""
    by, day = person_of(request), body.date if body else None
    return done_to(request, "order", n, lambda pk: confirm(by=by, order=pk, day=day), own_orders.order)


@post("/orders/{n}/cancel", right="type_orders", answer=shapes.Order)
def cancel_order(request: HttpRequest, n: str, body: typing.DoneIn | None = None) -> HttpResponse:
    """Cancel an order of which nothing is out and nothing billed."""
    by, day = person_of(request), body.date if body else None
    return done_to(request, "order", n, lambda pk: cancel(by=by, order=pk, day=day), own_orders.order)


@post("/orders/{n}/close", right="type_orders", answer=shapes.Order)
def close_order(request: HttpRequest, n: str, body: typing.DoneIn | None = None) -> HttpResponse:
    """Close an order: what is left of it is not delivered any more."""
    by, day = person_of(request), body.date if body else None
    return done_to(request, "order", n, lambda pk: close(by=by, order=pk, day=day), own_orders.order)


@post("/orders/{n}/reopen", right="type_orders", answer=shapes.Order)
def reopen_order(request: HttpRequest, n: str, body: typing.DoneIn | None = None) -> HttpResponse:
    """Reopen a closed order."""
    by, day = person_of(request), body.date if body else None
    return done_to(request, "order", n, lambda pk: reopen(by=by, order=pk, day=day), own_orders.order)


@post("/orders/{n}/amend", right="type_orders", answer=shapes.Order)
def amend_order(request: HttpRequest, n: str, body: typing.AmendIn) -> HttpResponse:
    """Change quantities, prices and products of an order's lines, with a reason."""
    by = person_of(request)
    changes = [Change(one.line, one.sku, one.qty, one.price, f"lines.{place}") for place, one in enumerate(body.lines)]
    return done_to(
        request,
        "order",
        n,
        lambda pk: amend(by=by, order=pk, lines=changes, reason=body.reason, day=body.date),
        own_orders.order,
    )


@post("/orders/{n}/exceptions/{id}", right="see_orders", answer=typing.OrderChosen)
def choose_for_exception(
    request: HttpRequest,
    n: str,
    id: str,  # noqa: A002  (the address says id)
    body: typing.ChoiceIn,
) -> HttpResponse:
    """Decide what becomes of a cancelled shipment or invoice: `recreate` drafts it again as far as it is still open, `ignore` lets it
    be. Who types orders decides, and about their own papers who ships and who bills."""
    by = person_of(request)

    def do(pk: int) -> Created:
        figure = id.isascii() and id.isdigit() and len(id) < 19
        waiting = OrderException.objects.filter(pk=int(id), order=pk).first() if figure else None
        if waiting is None:
            raise not_found("exception", id)
        _check_right(by, waiting.kind)
        return choose(by=by, exception=waiting.pk, choice=body.choice)

    return done_to(request, "order", n, do, own_orders.order, _chosen)


def _check_right(by: Person, kind: str) -> None:
    paper = "ship_goods" if kind == SHIPMENT_CANCELLED else "bill"
    if not (may(by, "type_orders") or may(by, paper)):
        raise not_allowed("type_orders")


def _chosen(told: shapes.Order, created: Created) -> Shape:
    fields = {name: getattr(told, name) for name in told.model_fields_set}
    made = None if created is None else typing.Made(kind=created[0], id=str(created[1]))
    return typing.OrderChosen(**fields, created=made)
