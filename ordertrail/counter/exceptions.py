"""What becomes of a cancelled shipment or invoice of an order: somebody chooses, and only once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ordertrail.counter.once import once
from ordertrail.counter.verbs import address
from ordertrail.desk.choose import choose
from ordertrail.lib.refused import Refused
from ordertrail.orders.exceptions import CHOICES, SHIPMENT_CANCELLED
from ordertrail.orders.models import ExceptionLine, OrderException
from ordertrail.records.models import SourceDocument
from ordertrail.track.addresses import found, href
from ordertrail.track.order import person_of
from ordertrail.track.scope import seen
from ordertrail.web.refusals import not_allowed
from ordertrail.web.rights import may, needs


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cancelled document that waits for a choice: how much of each line was on it, and whether this person may choose."""

    pk: int
    kind: str
    number: str
    href: str
    lines: tuple[ExceptionLine, ...]
    may: bool


def waiting(order: int, person: object) -> list[Waiting]:
    """What of an order waits for a choice."""
    rows = list(OrderException.objects.filter(order=order, choice="").order_by("pk"))
    numbers = dict(SourceDocument.objects.filter(pk__in=[row.document for row in rows]).values_list("pk", "number"))
    told: dict[int, list[ExceptionLine]] = {}
    for line in ExceptionLine.objects.filter(exception__in=rows).select_related("line").order_by("line"):
        told.setdefault(line.exception_id, []).append(line)
    return [
        Waiting(
            row.pk, row.kind, numbers.get(row.document, ""),
            href("shipment" if row.kind == SHIPMENT_CANCELLED else "invoice", row.document, numbers.get(row.document, "")),
            tuple(told.get(row.pk, ())), may_choose(person, row.kind),
        )
        for row in rows
    ]  # fmt: skip


def may_choose(person: object, kind: str) -> bool:
    """Who types orders chooses, and about their own papers who ships and who bills."""
    return may(person, "type_orders") or may(person, "ship_goods" if kind == SHIPMENT_CANCELLED else "bill")


@needs("see_orders")
@require_POST
def choose_for(request: HttpRequest, name: str, waits: str) -> HttpResponse:
    """Make the document again as far as it is still open, or let it be."""
    visible = seen("order", found("order", name), request.user)
    figure = waits.isascii() and waits.isdigit() and len(waits) < 19
    row = OrderException.objects.filter(pk=int(waits), order__in=visible).first() if figure else None
    choice = request.POST.get("choice", "")
    if row is None or choice not in CHOICES:
        raise Http404(name)
    if not may_choose(request.user, row.kind):
        return not_allowed(request, "type_orders")
    by, order, pk = person_of(request), row.order_id, row.pk

    def do() -> str:
        made = choose(by=by, exception=pk, choice=choice)
        return href(made[0], made[1]) if made else address(order)

    try:
        back, _now = once(request, by, do)
    except Refused as no:
        messages.error(request, no.detail)
        return redirect(address(order))
    told = _("It is made again, as far as it was still open.") if choice == "recreate" else _("It is let be.")
    messages.success(request, told)
    return redirect(back)
