"""Billing: propose, draft, change, post, cancel and credit invoices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ordertrail.api import invoices
from ordertrail.api.calls.declare import patch, post
from ordertrail.api.door import Caller, caller
from ordertrail.api.naming import meant
from ordertrail.api.once import once
from ordertrail.api.problems import wrong_field
from ordertrail.api.shapes import billing as given
from ordertrail.api.shapes import documents as papers
from ordertrail.api.versions import check_match, versioned
from ordertrail.api.within import one_of_these, within
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


def _meant(request: HttpRequest, n: str) -> int:
    """The invoice of the address, in the version that the caller has decided on."""
    by = caller(request)
    pk = meant("invoice", n, by.person)
    if request.headers.get("If-Match"):
        check_match(request, told(pk, by), n)
    return pk


@post("/invoices", right="bill", answer=papers.Invoice | given.InvoiceProposal, makes=True)
def make_invoice(request: HttpRequest, body: given.InvoiceIn) -> HttpResponse:
    """Draft invoices: proposed over orders, over quantities of lines, by amount, or in advance."""
    by = caller(request)
    forms = {"orders": body.orders is not None, "lines": body.lines is not None, "order": body.order is not None}
    one_of_these(forms)
    for field in ("amount", "kind", "blocks_shipping"):
        if getattr(body, field) is not None and body.order is None:
            raise wrong_field(field, "unknown_field", f"{field} goes with order and amount.")
    if body.orders is not None:
        return once(request, lambda: _proposed(by, body, body.orders or []), 201)
    make = _by_lines if body.lines is not None else _by_amount
    return once(request, lambda: told(make(by, body), by), 201)


def _proposed(by: Caller, body: given.InvoiceIn, names: list[str]) -> given.InvoiceProposal:
    orders = [within("order", name, by.person, f"orders.{place}") for place, name in enumerate(names)]
    found = propose_invoices(by.person, list(dict.fromkeys(orders)), body.date, body.due_date)
    items = [versioned(one) for one in invoices.invoice_of(found.drafts, by)]
    apart = [
        given.Apart(field=one.field, documents=[str(pk) for pk in one.documents], detail=one.detail)
        for one in found.apart
    ]
    return given.InvoiceProposal(items=items, apart=apart)


def _by_lines(by: Caller, body: given.InvoiceIn) -> int:
    lines: dict[int, int] = {}
    places: dict[int, str] = {}
    for place, line in enumerate(body.lines or []):
        key = within("order", line.order, by.person, f"lines.{place}.order") * LINES + line.line
        lines[key] = lines.get(key, 0) + to_units(line.qty, QTY_SCALE)
        places.setdefault(key, f"lines.{place}.line")
    return draft_lines(by.person, lines, body.date, body.due_date, places)


def _by_amount(by: Caller, body: given.InvoiceIn) -> int:
    if body.amount is None:
        raise wrong_field("amount", "missing_field", "Say how much: amount, gross.")
    order = within("order", body.order or "", by.person, "order")
    advance = body.kind == "advance"
    if body.blocks_shipping is not None and not advance:
        raise wrong_field("blocks_shipping", "unknown_field", "Only an advance blocks shipping.")
    return draft_amount(
        by.person, order, to_units(body.amount, MONEY_SCALE), advance=advance, blocks_shipping=bool(body.blocks_shipping),
        day=body.date, due=body.due_date,
    )  # fmt: skip


@patch("/invoices/{n}", right="bill", answer=papers.Invoice)
def change_draft_invoice(request: HttpRequest, n: str, body: given.InvoiceChangeIn) -> HttpResponse:
    """Lower, raise or take out lines of a draft; what is taken out is open again."""
    by = caller(request)

    def do() -> papers.Invoice:
        pk = _meant(request, n)
        lines = _once_each([(line.line, to_units(line.qty, QTY_SCALE)) for line in body.lines])
        return told(change_invoice(by.person, pk, lines), by)

    return once(request, do)


def _once_each(lines: list[tuple[int, int]]) -> dict[int, int]:
    """The lines by number. Problem 422 for one that is there twice."""
    found: dict[int, int] = {}
    for place, (line, qty) in enumerate(lines):
        if line in found:
            raise wrong_field(f"lines.{place}.line", "given_twice", f"Line {line} is there twice.")
        found[line] = qty
    return found


@post("/invoices/{n}/post", right="bill", answer=papers.Invoice)
def post_draft_invoice(request: HttpRequest, n: str, body: given.PostIn | None = None) -> HttpResponse:
    """Post a draft: it gets its number and counts; deposits tied to its orders are taken."""
    by, sent = caller(request), body or given.PostIn()

    def do() -> papers.Invoice:
        pk = _meant(request, n)
        rate = None if sent.rate is None else to_units(sent.rate, QTY_SCALE)
        return told(post_invoice(by.person, pk, sent.date, sent.due_date, rate), by)

    return once(request, do)


@post("/invoices/{n}/cancel", right="bill", answer=papers.Invoice)
def cancel_one_invoice(request: HttpRequest, n: str, body: given.DatedIn | None = None) -> HttpResponse:
    """Cancel: a draft is gone; a posted invoice gets a counter-document and waits for a choice."""
    by, sent = caller(request), body or given.DatedIn()

    def do() -> papers.Invoice:
        pk = _meant(request, n)
        cancel_invoice(by.person, pk, sent.date)
        return told(pk, by)

    return once(request, do)


@post("/invoices/{n}/credit", right="bill", answer=papers.Invoice, makes=True)
def credit_invoice(request: HttpRequest, n: str, body: given.CreditIn) -> HttpResponse:
    """A credit note over quantities of a posted invoice's lines, without goods; it is posted at once."""
    by = caller(request)

    def do() -> papers.Invoice:
        pk = _meant(request, n)
        lines = _once_each([(line.line, to_units(line.qty, QTY_SCALE)) for line in body.lines])
        return told(credit(by.person, pk, lines, body.date), by)

    return once(request, do, 201)
