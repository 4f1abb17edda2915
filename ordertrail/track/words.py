"""Events in words: one short sentence each, with a link to the document that it is about."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.track.problems import problem
from ordertrail.track.timeline import Event
from ordertrail.web import format as write

ICONS: dict[str, tuple[str, str]] = {
    "opened": ("bulb", ""),
    "ordered": ("shopping-cart", ""),
    "changed": ("edit", ""),
    "started": ("tool", ""),
    "finished": ("tool", "st-ok"),
    "shipped": ("truck-delivery", ""),
    "returned": ("package-import", ""),
    "arrived": ("map-pin-check", "st-ok"),
    "invoiced": ("receipt-2", ""),
    "credited": ("receipt-refund", ""),
    "paid": ("coin-yuan", "st-ok"),
    "refunded": ("receipt-refund", ""),
    "lost": ("file-x", "st-bad"),
    "linked": ("link", ""),
    "unlinked": ("unlink", ""),
    "finding_opened": ("alert-octagon", "st-bad"),
    "finding_closed": ("circle-check", "st-ok"),
    "finding_taken": ("user", ""),
    "finding_changed": ("alert-octagon", ""),
}
"""Icon and tone of what no person did."""
VERBS: dict[str, Promise] = {
    "take_order": gettext_lazy("typed the order"),
    "quote": gettext_lazy("quoted the order"),
    "confirm": gettext_lazy("confirmed the order"),
    "amend": gettext_lazy("amended the order"),
    "cancel": gettext_lazy("cancelled the order"),
    "close": gettext_lazy("closed the order"),
    "reopen": gettext_lazy("reopened the order"),
    "choose": gettext_lazy("decided about a cancelled document"),
    "reserve": gettext_lazy("held goods for the order"),
    "unreserve": gettext_lazy("let goods of the order go"),
    "pay": gettext_lazy("wrote a payment down"),
    "bank_line": gettext_lazy("tied the payment to its line of the bank statement"),
}
"""What somebody here did with the order, after their name."""


def sentence(event: Event, currency: str) -> SafeString:
    """What happened. Amounts are gross in ``currency``; quantities stand without a unit, since lines may have several."""
    told = {
        "doc": _document(event),
        "qty": _qty(event.detail.get("qty")),
        "amount": _money(event.detail.get("amount"), currency),
        "whole": _money(event.detail.get("whole"), currency),
        "orders": event.detail.get("orders", 1),
        "who": event.actor,
    }
    return format_html(_pattern(event), **told, **_more(event))


def _pattern(event: Event) -> str:
    merged = int(event.detail.get("orders") or 1) > 1
    part = event.detail.get("whole") not in (None, event.detail.get("amount"))
    patterns = {
        "opened": _("{doc} opened"),
        "ordered": _("{doc} ordered, {amount}"),
        "changed": _("{doc} changed"),
        "started": _("{doc} begun"),
        "finished": _("{doc} finished, {qty}") if event.kind == "work_order" else _("{doc} finished"),
        "shipped": _("{doc} shipped {qty}, with {orders} orders in it") if merged else _("{doc} shipped {qty}"),
        "returned": _("{doc} brought back {qty}"),
        "arrived": _("{doc} arrived, {qty}"),
        "invoiced": _("{doc} invoiced {amount} of {whole}") if part else _("{doc} invoiced {amount}"),
        "credited": _("{doc} credited {amount}"),
        "paid": _("{doc} received, {amount} of {whole} for this order") if part else _("{doc} received, {amount}"),
        "refunded": _("{doc} paid back {amount}"),
        "lost": _("{doc} is no longer in its source"),
        "linked": _("{who} joined documents of this order"),
        "unlinked": _("{who} parted documents of this order"),
        "taken": _("{who} took it"),
        "handed_over": _("{who} handed it over to {to}"),
        "commented": "{who}",
        "done": _("{who}: {verb}"),
        "finding_opened": _("Found: {title}"),
        "finding_closed": _("Settled: {title}"),
        "finding_taken": _("{who} took: {title}"),
        "finding_given": _("{who} handed over: {title}"),
        "finding_dropped": _("{who} laid down: {title}"),
        "finding_noted": _("{who} on: {title}"),
        "finding_changed": _("Still so, with other figures: {title}"),
    }
    return patterns[event.activity]


def _more(event: Event) -> dict[str, Any]:
    acted = event.detail.get("told") or {}
    finding, verb = event.detail.get("finding"), str(event.detail.get("verb", ""))
    return {
        "to": acted.get("to", ""),
        "verb": VERBS.get(verb, verb),
        "title": problem(finding).title if finding is not None else "",
    }


def _document(event: Event) -> SafeString:
    if event.kind in ("finding", "comment"):
        return SafeString("")
    return format_html('<a class="code" href="{}">{}</a>', event.href, event.number)


def _qty(value: Any) -> str:
    return "" if value is None else write.qty(value)


def _money(value: Any, currency: str) -> str:
    return "" if value is None else write.money(value, currency)
