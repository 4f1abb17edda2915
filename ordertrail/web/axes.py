"""The four axes of an order and its own state: one word, one tone, one icon for each value, everywhere the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Look:
    """How a status looks: ``tone`` of the chip, its words, an icon where the tone's own will not do."""

    tone: str
    words: Promise | str
    icon: str = ""

    @property
    def begun(self) -> bool:
        """Whether anything has happened, so that a list shows more than a dash."""
        return self.tone not in ("idle", "line")


AXES: dict[str, Promise] = {
    "delivery": _("Delivery"),
    "invoicing": _("Invoicing"),
    "payment": _("Payment"),
    "production": _("Production"),
}
"""The axes in the order in which they always stand."""

LOOKS: dict[str, dict[str, Look]] = {
    "delivery": {
        "waiting": Look("idle", _("Not shipped")),
        "partially": Look("info", _("Partly shipped")),
        "done": Look("ok", _("Shipped")),
        "over": Look("bad", _("Over-shipped")),
        "not_required": Look("line", _("Nothing to ship")),
    },
    "invoicing": {
        "nothing": Look("line", _("Nothing to invoice yet")),
        "to_invoice": Look("idle", _("To invoice")),
        "partially": Look("info", _("Partly invoiced")),
        "fully": Look("ok", _("Invoiced")),
        "over": Look("bad", _("Over-invoiced")),
    },
    "payment": {
        "unpaid": Look("idle", _("Unpaid")),
        "partially": Look("info", _("Partly paid")),
        "paid": Look("ok", _("Paid")),
        "overpaid": Look("bad", _("Overpaid")),
        "refunded": Look("line", _("Refunded"), "receipt-refund"),
    },
    "production": {
        "not_required": Look("line", _("No production")),
        "waiting": Look("idle", _("Not started")),
        "partially": Look("info", _("Partly finished")),
        "done": Look("ok", _("Finished")),
        "over": Look("bad", _("Over-produced")),
    },
    "order": {
        "draft": Look("line", _("Draft"), "pencil"),
        "quoted": Look("info", _("Quoted"), "file-text"),
        "confirmed": Look("info", _("Confirmed"), "writing-sign"),
        "done": Look("ok", _("Done")),
        "closed": Look("line", _("Closed"), "archive"),
        "cancelled": Look("line", _("Cancelled"), "ban"),
    },
}


def look(axis: str, status: str) -> Look:
    """How ``status`` of ``axis`` looks; a status that is not in the table is shown by its own name.

    >>> look("delivery", "partially").tone, look("delivery", "lost").words
    ('info', 'lost')
    """
    return LOOKS.get(axis, {}).get(status) or Look("idle", status or _("unknown"), "question-mark")
