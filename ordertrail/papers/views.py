"""Papers as files, and the page on which a statement is asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ordertrail.lib import clock
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import only_for
from ordertrail.papers.delivery_note import delivery_note
from ordertrail.papers.sheet import SIZES, Paper, Size
from ordertrail.papers.statement import BANDS, accounts, statement
from ordertrail.parties.models import Customer
from ordertrail.shipping.models import Shipment
from ordertrail.till.typed import day
from ordertrail.track.addresses import href
from ordertrail.track.scope import meant, whole
from ordertrail.web.refusals import whom_to_ask
from ordertrail.web.rights import needs


@needs("see_orders")
@require_GET
@meant("shipment")
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """The delivery note as a file: ``paper`` a4 or continuous, ``lang``, ``prices=1``. 404 for who does not see all of the shipment,
    since a part of a paper is another paper."""
    row = get_object_or_404(Shipment, pk=pk)
    if not whole("shipment", pk, request.user):
        raise Http404(pk)
    prices = request.GET.get("prices") == "1"
    try:
        size = SIZES[one_of(request, "paper", SIZES, "a4")]
        language = asked_language(request)
        with override(language):
            paper = delivery_note(row, request.user, language, prices=prices)
            return as_file(paper, size, row.number or str(pk))
    except Refused as no:
        return refused(request, no, href("shipment", pk, "" if row.reported else row.number))


@needs("see_orders")
@require_GET
@meant("customer")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a statement: the days are chosen, the account is shown, its file is one step away."""
    row = get_object_or_404(Customer, pk=pk)
    back = href("customer", pk, row.code)
    try:
        check_seen_whole(request.user)
    except Refused as no:
        return refused(request, no, back, status=403)
    context: dict[str, Any] = {"row": row, "back": back, "bands": BANDS, "language": get_language()}
    context |= {"languages": settings.LANGUAGES, "since": request.GET.get("from"), "until": request.GET.get("to")}
    try:
        context["since"], context["until"] = since, until = period(request)
        context["accounts"] = accounts(row, since, until)
    except Refused as no:
        return render(request, "papers/statement.html", context | {"refused": no}, status=422)
    return render(request, "papers/statement.html", context)


@needs("see_orders")
@require_GET
@meant("customer")
def account_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement as a file: ``from`` and ``to`` (days, both in it; else this month), ``paper``, ``lang``."""
    row = get_object_or_404(Customer, pk=pk)
    back = href("customer", pk, row.code)
    try:
        check_seen_whole(request.user)
    except Refused as no:
        return refused(request, no, back, status=403)
    try:
        since, until = period(request)
        size = SIZES[one_of(request, "paper", SIZES, "a4")]
        language = asked_language(request)
    except Refused as no:
        return refused(request, no, back)
    with override(language):
        return as_file(statement(row, since, until, language), size, row.code)


def check_seen_whole(person: object) -> None:
    """Refused("not_whole") for who sees their own customers' orders only: money that settles nothing yet is nobody's part of it."""
    if only_for(person) is None:
        return
    told = _(
        "A statement tells all of a customer's account; you see the orders of your own customers only. Ask %(names)s."
    )
    raise Refused("not_whole", told % {"names": ", ".join(whom_to_ask()) or _("an administrator")})


def period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, both in it: else from the first of the month of the last one, and up to today. Refused("wrong_value")."""
    until = day(request.GET.get("to", ""), _("To")) or clock.today()
    since = day(request.GET.get("from", ""), _("From")) or until.replace(day=1)
    if since > until:
        told = _("The period begins on %(since)s and ends on %(until)s, before it begins. Change one of the days.")
        raise Refused("wrong_value", told % {"since": since, "until": until})
    return since, until


def one_of(request: HttpRequest, name: str, known: Collection[str], usual: str) -> str:
    """A choice in the address. Refused("wrong_value") with what there is."""
    value = request.GET.get(name) or usual
    if value not in known:
        told = _("%(name)s: “%(value)s” is none of: %(known)s.")
        raise Refused("wrong_value", told % {"name": name, "value": value[:40], "known": ", ".join(known)})
    return value


def asked_language(request: HttpRequest) -> str:
    """The language of the paper: as asked, else that of the person who prints."""
    known = [code for code, _name in settings.LANGUAGES]
    return one_of(request, "lang", known, get_language() or settings.LANGUAGE_CODE)


def as_file(paper: Paper, size: Size, number: str) -> HttpResponse:
    """A paper as a file that the browser shows, to print or to keep."""
    from ordertrail.papers.draw import drawn  # reportlab, which no page needs

    name = content_disposition_header(as_attachment=False, filename=f"{paper.title} {number}.pdf")
    headers = {"Content-Disposition": name or "inline", "Cache-Control": "no-store"}
    return HttpResponse(drawn(paper, size), content_type="application/pdf", headers=headers)


def refused(request: HttpRequest, no: Refused, back: str, status: int = 422) -> HttpResponse:
    """The page that says why there is no paper, with the way back."""
    return render(request, "papers/refused.html", {"refused": no, "back": back}, status=status)
