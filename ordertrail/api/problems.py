"""Problems: every answer that is no success, as RFC 9457 has them (api.md §1, errors)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.refused import Refused
from ordertrail.web.rights import RIGHTS

MEDIA = "application/problem+json"

TITLES: dict[int, Promise] = {
    400: gettext_lazy("Not readable"),
    401: gettext_lazy("Not logged in"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("No such verb"),
    409: gettext_lazy("Refused by a rule"),
    413: gettext_lazy("Too large"),
    422: gettext_lazy("A field is wrong"),
    429: gettext_lazy("Too many calls"),
    500: gettext_lazy("A fault of ours"),
}
"""What each status is called."""

OF_A_FIELD = frozenset({
    "unknown_person", "unknown_customer", "unknown_product", "unknown_document", "unknown_field", "unknown_address", "unknown_line",
    "unknown_order", "missing_field", "wrong_value", "in_the_future",
})  # fmt: skip
"""Codes of refusals that blame a field of the body (422); every other refusal of a rule is 409."""

Blame = Mapping[str, str]


class Problem(Exception):
    """An answer that ends a call: ``status`` and ``code`` for programs, ``detail`` a sentence with the way out for people, and the
    fields to blame, each {"path", "code", "detail"}."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[Blame] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        self.more = more

    def response(self) -> HttpResponse:
        """The answer as it is sent."""
        body = {
            "type": f"urn:ordertrail:problem:{self.code}",
            "title": str(TITLES[self.status]),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": self.errors,
            **self.more,
        }
        return HttpResponse(orjson.dumps(body), status=self.status, content_type=MEDIA, headers=self.headers)


def refusal(refused: Refused) -> Problem:
    """The problem that a rule's refusal is: 422 where it blames what the body names, else 409.

    >>> refusal(Refused("unknown_person", "There is no Eve.")).status, refusal(Refused("not_yours", "Bo has it.")).status
    (422, 409)
    """
    return Problem(422 if refused.code in OF_A_FIELD else 409, refused.code, refused.detail, refused.errors)


def wrong_field(path: str, code: str, detail: str) -> Problem:
    """422 for one field: of the query string, or of the body."""
    return Problem(422, code, detail, [{"path": path, "code": code, "detail": detail}])


def not_allowed(right: str) -> Problem:
    """403 with the right that is missing."""
    sentence = _("You may not %(right)s. Ask an administrator for a role that may.")
    return Problem(403, "not_allowed", sentence % {"right": str(RIGHTS[right])})


def not_found(kind: str, name: str) -> Problem:
    """404: there is none, or none that the caller may see; the two answers are alike."""
    sentence = _("There is no %(kind)s %(name)s that you may see. Look for it in the list of its kind.")
    return Problem(404, "unknown_document", sentence % {"kind": _kind(kind), "name": name[:100]})


def ambiguous(name: str, ids: Sequence[str]) -> Problem:
    """409: several documents carry the number; their ids tell them apart."""
    sentence = _("%(count)s documents have the number %(name)s. Name one by its id: %(ids)s.")
    detail = sentence % {"count": len(ids), "name": name[:100], "ids": ", ".join(ids[:20])}
    return Problem(409, "ambiguous", detail, ids=list(ids))


def _kind(kind: str) -> str:
    words = {
        "order": _("order"),
        "customer": _("customer"),
        "product": _("product"),
        "shipment": _("shipment"),
        "return": _("return"),
        "exception": _("exception"),
        "invoice": _("invoice"),
        "payment": _("payment"),
        "finding": _("finding"),
        "job": _("job"),
    }
    return words.get(kind, kind)
