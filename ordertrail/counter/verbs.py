"""What is done with an order of our own in one word: each verb has a page that says what it does, and does it when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ordertrail.counter.once import key_of, new_key, once
from ordertrail.desk.cancel import cancel
from ordertrail.desk.close import close
from ordertrail.desk.confirm import confirm
from ordertrail.desk.quote import SHORT, quote
from ordertrail.desk.reopen import reopen
from ordertrail.lib.refused import Refused
from ordertrail.orders.models import Order
from ordertrail.parties.models import Person
from ordertrail.track.addresses import BY_ID, href
from ordertrail.track.order import person_of
from ordertrail.track.scope import meant
from ordertrail.web.rights import needs

Run = Callable[[Person, int, Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of an order: its ``words`` on a button, what it ``does``, what is said when it is ``done``."""

    name: str
    words: Promise
    icon: str
    does: Promise
    done: Promise
    run: Run


QUOTE = Verb(
    "quote", _("Quote"), "file-text", _("The draft becomes a numbered quotation; its goods must be there on their days."),
    _("Order %(order)s is quoted."), lambda by, order, accept: quote(by=by, order=order, accept=accept),
)  # fmt: skip
CONFIRM = Verb(
    "confirm", _("Confirm"), "check", _("The order stands: it takes what is free of its goods, and waits for the rest."),
    _("Order %(order)s is confirmed."), lambda by, order, _accept: confirm(by=by, order=order),
)  # fmt: skip
CANCEL = Verb(
    "cancel", _("Cancel the order"), "ban",
    _("Nothing of the order is wanted any more; what was held for it is free. It cannot be taken back."),
    _("Order %(order)s is cancelled."), lambda by, order, _accept: cancel(by=by, order=order),
)  # fmt: skip
CLOSE = Verb(
    "close", _("Close the rest"), "archive",
    _("What was shipped stays; the rest is not delivered, and its goods are free. Reopening gives it back."),
    _("Order %(order)s is closed."), lambda by, order, _accept: close(by=by, order=order),
)  # fmt: skip
REOPEN = Verb(
    "reopen", _("Reopen"), "rotate-clockwise", _("The order gets back what closing took, at its old place in the queue for goods."),
    _("Order %(order)s is open again."), lambda by, order, _accept: reopen(by=by, order=order),
)  # fmt: skip


def page_of(verb: Verb) -> Callable[..., HttpResponse]:
    """The view of a verb."""

    @needs("type_orders")
    @require_http_methods(["GET", "POST"])
    @meant("order")
    def view(request: HttpRequest, order: int) -> HttpResponse:
        """What the verb does; sent, it is done. A refusal is said there, with what may be accepted of it."""
        if request.method == "GET":
            return shown(request, verb, order)
        by, accept = person_of(request), [one for one in request.POST.getlist("accept") if one == SHORT]

        def do() -> str:
            verb.run(by, order, accept)
            return address(order)

        try:
            back, now = once(request, by, do)
        except Refused as no:
            return shown(request, verb, order, no)
        if now:
            messages.success(request, str(verb.done) % {"order": named(order)})
        return redirect(back)

    return view


quote_order, confirm_order, cancel_order, close_order, reopen_order = map(
    page_of, (QUOTE, CONFIRM, CANCEL, CLOSE, REOPEN)
)


def shown(request: HttpRequest, verb: Verb, order: int, no: Refused | None = None) -> HttpResponse:
    """The verb's page; 409 with why it was refused."""
    context = {
        "verb": verb,
        "name": named(order),
        "back": address(order),
        "refused": no,
        "more": [error["detail"] for error in no.errors[1:]] if no else [],
        "short": no is not None and no.code == SHORT,
        "once": key_of(request) if no and no.code != "sent_already" else new_key(),
    }
    return render(request, "counter/verb.html", context, status=409 if no else 200)


def number_of(order: int) -> str:
    """The order's number; empty while a draft has none."""
    return str(Order.objects.values_list("number", flat=True).get(pk=order))


def named(order: int) -> str:
    """What an order is called in sentences."""
    return number_of(order) or f"{BY_ID}{order}"


def address(order: int) -> str:
    """The address of the order's page."""
    return href("order", order, number_of(order))
