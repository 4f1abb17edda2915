"""A run's story: what happened, as codes with values, told in words only when somebody reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib import clock
from ordertrail.web import format as write

SENTENCES = {
    "stream": gettext_lazy("%(stream)s: reading what changed after %(since)s"),
    "first": gettext_lazy("%(stream)s: first reading, everything"),
    "received": gettext_lazy("%(stream)s: “%(name)s” was already received on %(day)s, byte for byte"),
    "landed": gettext_lazy("%(stream)s: %(count)s landings, %(size)s kept"),
    "counted": gettext_lazy(
        "%(stream)s: %(read)s read = %(new)s new + %(changed)s changed + %(unchanged)s unchanged + %(rejected)s "
        "rejected"
    ),
    "note": gettext_lazy("%(stream)s: %(detail)s (%(count)s times, first at %(place)s)"),
    "note_of_all": gettext_lazy("%(stream)s: %(detail)s"),
    "late": gettext_lazy("%(stream)s: %(count)s older than what was known; kept, not current"),
    "swept": gettext_lazy("%(stream)s: %(present)s there now, %(missing)s missing, %(gone)s taken as deleted"),
    "back": gettext_lazy("%(stream)s: %(count)s taken as deleted before are there again"),
    "unread": gettext_lazy("%(stream)s: %(count)s were never read; reading everything again"),
    "no_sweep": gettext_lazy("%(stream)s: this source cannot list its documents, so deletions are not seen"),
    "held": gettext_lazy(
        "%(stream)s: %(missing)s of %(known)s documents are missing at once; nothing was deleted. If that is "
        "right, say so on this page."
    ),
    "failed": gettext_lazy("Stopped: %(detail)s"),
    "replayed": gettext_lazy("%(stream)s: %(count)s rejected items were read again from what was landed"),
}


KINDS = {
    "customer": gettext_lazy("Customers"),
    "product": gettext_lazy("Products"),
    "order": gettext_lazy("Orders"),
    "opportunity": gettext_lazy("Opportunities"),
    "work_order": gettext_lazy("Work orders"),
    "project": gettext_lazy("Projects"),
    "shipment": gettext_lazy("Shipments"),
    "invoice": gettext_lazy("Invoices"),
    "payment": gettext_lazy("Payments"),
}
"""What a stream without a name of its own is called: its documents."""


def entry(code: str, **values: Any) -> dict[str, Any]:
    """A line of a story, now."""
    return {"at": clock.now().isoformat(), "code": code, **values}


def sentence(told: dict[str, Any]) -> str:
    """The line in the reader's language."""
    code = told["code"]
    if code == "note" and not told.get("place"):
        code = "note_of_all"
    if code not in SENTENCES:
        return _("Unknown step %(code)s") % told
    stream = told.get("stream", "")
    counts = {name: write.number(value) for name, value in told.items() if isinstance(value, int)}
    size = {"size": write.size(told["size"])} if "size" in told else {}
    return str(SENTENCES[code]) % {**told, **counts, **size, "stream": KINDS.get(stream, stream)}
