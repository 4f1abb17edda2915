"""Billing: propose, draft, change, post, cancel and credit invoices."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ordertrail.api import invoices
from ordertrail.api.calls.declare import patch, post
from ordertrail.api.doing import done_to
from ordertrail.api.door import Caller, caller
from ordertrail.api.named import named, one_named
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import billing as given
from ordertrail.api.shapes import documents as papers
from ordertrail.api.versions import check_match, versioned
from ordertrail.desk.cancel_invoice import cancel_invoice
from ordertrail.desk.change_invoice import change_invoice
from ordertrail.desk.credit import credit
from ordertrail.desk.draft_invoice import draft_amount, draft_lines
from ordertrail.desk.post_invoice import post_invoice
from ordertrail.desk.propose_invoices import propose_invoices
from ordertrail.lib.ids import LINES
from ordertrail.lib.money import MONEY_SCALE, QTY_SCALE, to_units


def told(pk: int, by: Caller) -> papers.Invoice:
    """The invoice as GET gives it."""
    return versioned(invoices.invoice(pk, by))


@post("/invoices", right="bill", answer=papers.Invoice | given.InvoiceProposal, makes=True)
def make_invoice(request: HttpRequest, body: given.InvoiceIn) -> HttpResponse:
    """Draft invoices: proposed over orders, over quantities of lines, by amount, or in advance."""
    by = caller(request)
    _check_form(body)
    if body.orders is not None:
        return once(request, lambda: _proposed(by, body, body.orders or []), 201)
    make = _by_lines if body.lines is not None else _by_amount
    return once(request, lambda: told(make(by, body), by), 201)


def _check_form(body: given.InvoiceIn) -> None:
    """Problem 422 where a body has none of the forms, or more than one."""
    forms = [name for name in ("orders", "lines", "order") if getattr(body, name) is not None]
    if len(forms) != 1:
        code = "wrong_value" if forms else "missing_field"
        raise wrong_field(
            forms[1] if forms else "orders", code, _("Send one of orders, lines and order, and only one.")
        )
    for field in ("amount", "kind", "blocks_shipping"):
        if getattr(body, field) is not None and body.order is None:
            sentence = _("%(field)s goes with order, not with %(form)s. Leave it out.")
            raise wrong_field(field, "unknown_field", sentence % {"field": field, "form": forms[0]})
    if body.order is not None and body.amount is None:
        raise wrong_field("amount", "missing_field", _("Say how much of the order is billed: amount, gross."))
    if body.blocks_shipping is not None and body.kind != "advance":
        raise wrong_field("blocks_shipping", "unknown_field", _("Only an advance blocks shipping. Leave it out."))


def _proposed(by: Caller, body: given.InvoiceIn, names: list[str]) -> given.InvoiceProposal:
    orders = named("order", [(name, f"orders.{place}") for place, name in enumerate(names)], by.person)
    found = propose_invoices(by.person, list(dict.fromkeys(orders.values())), body.date, body.due_date)
    items = [versioned(one) for one in invoices.invoice_of(found.drafts, by)]
    apart = [
        given.Apart(field=one.field, documents=[str(pk) for pk in one.documents], detail=one.detail)
        for one in found.apart
    ]
    return given.InvoiceProposal(items=items, apart=apart)


def _by_lines(by: Caller, body: given.InvoiceIn) -> int:
    lines: dict[int, int] = {}
    places: dict[int, str] = {}
    listed = body.lines or []
    orders = named("order", [(line.order, f"lines.{place}.order") for place, line in enumerate(listed)], by.person)
    for place, line in enumerate(listed):
        key = orders[line.order] * LINES + line.line
        lines[key] = lines.get(key, 0) + to_units(line.qty, QTY_SCALE)
        places.setdefault(key, f"lines.{place}.line")
    return draft_lines(by.person, lines, body.date, body.due_date, places)


def _by_amount(by: Caller, body: given.InvoiceIn) -> int:
    order = one_named("order", body.order or "", "order", by.person)
    return draft_amount(
        by.person, order, to_units(body.amount or Decimal(0), MONEY_SCALE), advance=body.kind == "advance",
        blocks_shipping=bool(body.blocks_shipping), day=body.date, due=body.due_date,
    )  # fmt: skip


@patch("/invoices/{n}", right="bill", answer=papers.Invoice)
def change_draft_invoice(request: HttpRequest, n: str, body: given.InvoiceChangeIn) -> HttpResponse:
    """Lower, raise or take out lines of a draft; what is taken out is open again."""
    person, lines = caller(request).person, _once_each([(line.line, line.qty) for line in body.lines])
    return done_to(request, "invoice", n, lambda pk: change_invoice(person, pk, lines), told)


def _once_each(lines: list[tuple[int, Decimal]]) -> dict[int, int]:
    """The lines by number. Problem 422 for one that is there twice."""
    found: dict[int, int] = {}
    for place, (line, qty) in enumerate(lines):
        if line in found:
            sentence = _("Line %(line)s is there twice. Say which is meant.")
            raise wrong_field(f"lines.{place}.line", "given_twice", sentence % {"line": line})
        found[line] = to_units(qty, QTY_SCALE)
    return found


@post("/invoices/{n}/post", right="bill", answer=papers.Invoice)
def post_draft_invoice(request: HttpRequest, n: str, body: given.PostIn | None = None) -> HttpResponse:
    """Post a draft: it gets its number and counts; deposits tied to its orders are taken."""
    person, sent = caller(request).person, body or given.PostIn()
    rate = None if sent.rate is None else to_units(sent.rate, QTY_SCALE)
    return done_to(request, "invoice", n, lambda pk: post_invoice(person, pk, sent.date, sent.due_date, rate), told)


@post("/invoices/{n}/cancel", right="bill", answer=papers.Invoice)
def cancel_one_invoice(request: HttpRequest, n: str, body: given.DatedIn | None = None) -> HttpResponse:
    """Cancel: a draft is gone; a posted invoice gets a counter-document and waits for a choice."""
    person, sent = caller(request).person, body or given.DatedIn()
    return done_to(request, "invoice", n, lambda pk: cancel_invoice(person, pk, sent.date), told)


@post("/invoices/{n}/credit", right="bill", answer=papers.Invoice, makes=True)
def credit_invoice(request: HttpRequest, n: str, body: given.CreditIn) -> HttpResponse:
    """A credit note over quantities of a posted invoice's lines, without goods; it is posted at once."""
    by, lines = caller(request), _once_each([(line.line, line.qty) for line in body.lines])

    def do() -> papers.Invoice:
        pk = meant("invoice", n, by.person)
        if request.headers.get("If-Match"):
            check_match(request, told(pk, by), n)
        return told(credit(by.person, pk, lines, body.date), by)

    return once(request, do, 201)
