"""Stock that is another than the books say: lost, found, sent back to the supplier, there when the books began."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ordertrail.desk.adjust import Part, adjust
from ordertrail.lib.refused import Refused
from ordertrail.orders.typing import day_of
from ordertrail.stock.models import MoveKind
from ordertrail.till.goods_form import goods, shown
from ordertrail.till.once import sent
from ordertrail.till.typed import day
from ordertrail.track.order import person_of
from ordertrail.web.rights import needs

REASONS = (MoveKind.LOSS, MoveKind.FOUND, MoveKind.OPENING, MoveKind.SUPPLIER_RETURN)
OUT = (MoveKind.LOSS, MoveKind.SUPPLIER_RETURN)
"""Reasons for which goods go; for the others they come."""


@needs("move_stock")
@require_http_methods(["GET", "POST"])
def new_adjustment(request: HttpRequest) -> HttpResponse:
    """Type what is gone or what is there."""
    done, refused = sent(request, lambda: made(request))
    if done:
        return done
    context = {
        **shown(request, refused),
        "reasons": [(one.value, one.label) for one in REASONS],
        "reason": request.POST.get("reason", MoveKind.LOSS.value),
    }
    return render(request, "till/new_adjustment.html", context, status=422 if refused else 200)


def made(request: HttpRequest) -> str:
    """Book it; the form again, empty."""
    form = request.POST
    reason = form.get("reason", "")
    if reason not in REASONS:
        raise Refused("wrong_value", _("Say why the stock is another."))
    when = day_of(day(form.get("date", ""), _("Date")))
    moves = adjust(person_of(request), reason=reason, day=when, lines=parts(form, going=reason in OUT))
    messages.success(request, _("Stock is corrected; lines: %(count)s.") % {"count": len(moves)})
    return reverse("till:new_adjustment")


def parts(form: QueryDict, *, going: bool) -> list[Part]:
    """What a form says is gone or has come; what goes, goes at the cost that it has. Refused as ``goods``."""
    return [Part(product, -qty if going else qty, None if going else cost) for product, qty, cost in goods(form)]
