"""Bank statements: a file is brought, its lines of money wait until each is taken, tied or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ordertrail.billing.bank_matching import Suggestion, Twin, suggestions, told_elsewhere, twins
from ordertrail.billing.models import BankLine, BankLineState, BankStatement, Payment
from ordertrail.counter.once import new_key
from ordertrail.desk.bank import Brought, bring, bring_back, put_aside, tie
from ordertrail.lib.refused import Refused
from ordertrail.orders.queries import only_for
from ordertrail.sync.bank.reading import read
from ordertrail.sync.bank.told import LARGEST
from ordertrail.sync.connectors.encodings import CANDIDATES
from ordertrail.sync.connectors.files import safe_name
from ordertrail.till.once import key_of, once
from ordertrail.till.typed import shown
from ordertrail.track.order import person_of
from ordertrail.web.filters import Field, FilterSet, Kind, Sort
from ordertrail.web.paging import page
from ordertrail.web.rights import needs

SHOWN = 25
"""Lines on a page: each is looked for among invoices, customers and payments."""
View = Callable[..., HttpResponse]
LINES = FilterSet(
    fields=(Field("state", "", Kind.CHOICE, tuple(BankLineState.choices)),),
    sorts=(Sort("date", "", "day"),),
)


def all_seen(view: View) -> View:
    """A view of bank lines: they tell of every customer's money, so who sees only some customers sees none of them."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if only_for(request.user) is not None:
            raise PermissionDenied(_("A bank statement tells of every customer; ask somebody who sees all of them."))
        return view(request, *args, **kwargs)

    return allowed  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Row:
    """A line with what it may be: payments that are there, whose money it may be, the line of another kind of file that it may be."""

    line: BankLine
    twins: list[Twin]
    found: list[Suggestion]
    elsewhere: BankLine | None = None

    @property
    def best(self) -> Suggestion | None:
        """What can be taken at once: the only suggestion, where neither a payment nor another line may be the same money."""
        doubtful = self.twins or self.elsewhere
        return self.found[0] if len(self.found) == 1 and self.found[0].sure and not doubtful else None

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What the form of the best suggestion says."""
        return take_fields(self.line, self.best) if self.best else []


def row_of(line: BankLine) -> Row:
    """A line with what it may be; nothing is looked for where it waits no more."""
    if line.state != BankLineState.OPEN:
        return Row(line, [], [])
    return Row(line, twins(line), suggestions(line), told_elsewhere(line))


def take_fields(line: BankLine, one: Suggestion) -> list[tuple[str, str]]:
    """The fields of the payment form that take a line as a suggestion says."""
    told = [
        ("line", str(line.pk)), ("customer", one.code), ("amount", shown(line.amount)), ("currency", line.currency),
        ("date", line.day.isoformat()), ("reference", line.text[:300]), ("difference", "keep"),
        ("how", "chosen" if one.pieces else "rule"), ("once", new_key()),
    ]  # fmt: skip
    return told + [(f"on-{piece.invoice}", shown(piece.amount)) for piece in one.pieces]


@needs("take_money")
@require_http_methods(["GET", "POST"])
@all_seen
def bank(request: HttpRequest) -> HttpResponse:
    """The lines that wait, or those of another state; a file that is brought."""
    if request.method == "POST":
        try:
            return redirect(brought(request))
        except Refused as refused:
            return listed(request, refused)
    return listed(request)


def brought(request: HttpRequest) -> str:
    """Take a file's lines in; the page of its statement. Refused as ``read``, and ("no_file"): nothing is kept."""
    file: UploadedFile[Any] | None = request.FILES.get("file")
    if file is None:
        raise Refused("no_file", _("Choose a file first, then upload it."))
    name = safe_name(str(file.name))
    body = file.read(LARGEST + 1)
    form = request.POST
    told = read(
        body,
        name,
        account=form.get("account", ""),
        encoding=form.get("encoding", "") if form.get("encoding", "") in CANDIDATES else "",
        currency=settings.COMPANY.currency,
    )
    sha256 = hashlib.sha256(body).hexdigest()
    done = [bring(person_of(request), one, name, sha256) for one in told]
    messages.success(request, said(name, done))
    return reverse("till:bank_statement", args=[done[0].statement]) if len(done) == 1 else reverse("till:bank")


def said(name: str, done: list[Brought]) -> str:
    """What a file has brought, in one sentence."""
    told = {
        "name": name,
        "new": sum(one.new for one in done),
        "out": sum(one.out for one in done),
        "known": sum(one.known for one in done),
    }
    return _("“%(name)s”: %(new)s new lines to match, %(out)s of money out, %(known)s known before.") % told


def listed(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    """The list of lines by state, with the form for a file; 422 with the refusal."""
    chosen = LINES.parse(request.GET)
    state = request.GET.get("state", "")
    state = state if state in BankLineState.values else BankLineState.OPEN.value
    counts = dict(BankLine.objects.values_list("state").annotate(Count("pk")))
    lines = BankLine.objects.select_related("payment", "decided_by", "statement").filter(state=state)
    found = page(lines, chosen, SHOWN)
    context = {
        "page": found,
        "rows": [row_of(line) for line in found.rows],
        "states": [(value, words, counts.get(value, 0)) for value, words in BankLineState.choices],
        "sums": lines.values_list("currency").annotate(Sum("amount")).order_by("currency"),
        "state": state,
        "statements": BankStatement.objects.select_related("by").order_by("-came_at")[:5],
        "encodings": [error["code"] for error in refused.errors if error["path"] == "encoding"] if refused else [],
        "form": request.POST,
        "refused": refused,
    }
    return render(request, "till/bank.html", context, status=422 if refused else 200)


@needs("take_money")
@require_GET
@all_seen
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that one file holds: what was new in it, and what was known before."""
    told = get_object_or_404(BankStatement.objects.select_related("by"), pk=pk)
    lines = BankLine.objects.filter(Q(statement=told) | Q(again=told)).distinct()
    found = page(lines.select_related("payment", "decided_by"), LINES.parse(request.GET))
    context = {"told": told, "page": found, "rows": [Row(line, [], []) for line in found.rows]}
    return render(request, "till/bank_statement.html", context)


@needs("take_money")
@require_http_methods(["GET", "POST"])
@all_seen
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: what it may be, with the reasons; it is taken, tied to a payment, put aside or brought back."""
    told = get_object_or_404(BankLine, pk=pk)
    refused = None
    if request.method == "POST":
        try:
            return once(request, lambda: decided(request, told))
        except Refused as no:
            refused = no
    told = BankLine.objects.select_related("payment", "decided_by", "statement").get(pk=pk)
    row = row_of(told)
    context = {
        "row": row,
        "line": told,
        "takes": [(one, take_fields(told, one)) for one in row.found],
        "refused": refused,
        "once": key_of(request),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "till/bank_line.html", context, status=422 if refused else 200)


def decided(request: HttpRequest, told: BankLine) -> str:
    """Do what the form says with a line; the list of those that wait. Refused as the verbs of ``desk.bank`` say."""
    by, form = person_of(request), request.POST
    if form.get("do") == "tie":
        payment = get_object_or_404(Payment, pk=int(form["payment"]) if form.get("payment", "").isdecimal() else 0)
        tie(by, told.pk, payment.pk)
        messages.success(request, _("The line is tied to payment %(number)s.") % {"number": payment.number})
    elif form.get("do") == "back":
        bring_back(by, told.pk)
        messages.success(request, _("The line waits again."))
    else:
        put_aside(by, told.pk, form.get("reason", ""))
        messages.success(request, _("The line is put aside."))
    return reverse("till:bank")
