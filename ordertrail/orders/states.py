"""What a verb makes of an order of our own: every allowed step in one table, and a refusal with its code for each other."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

DRAFT, QUOTED, CONFIRMED, CLOSED, CANCELLED = "draft", "quoted", "confirmed", "closed", "cancelled"

STEPS: dict[str, dict[str, str]] = {
    "quote": {DRAFT: QUOTED, QUOTED: QUOTED},
    "confirm": {DRAFT: CONFIRMED, QUOTED: CONFIRMED},
    "amend": {DRAFT: DRAFT, QUOTED: QUOTED, CONFIRMED: CONFIRMED},
    "cancel": {DRAFT: CANCELLED, QUOTED: CANCELLED, CONFIRMED: CANCELLED, CLOSED: CANCELLED},
    "close": {CONFIRMED: CLOSED},
    "reopen": {CLOSED: CONFIRMED},
    "ship": {CONFIRMED: CONFIRMED},
}
"""Verb → state before → state after. *Done* is no state: it is counted (``OrderStatus``)."""


def after(verb: str, state: str, name: str) -> str:
    """The state that ``verb`` makes of an order called ``name``. Refused with the code of what stands in the way.

    >>> after("confirm", "quoted", "SO-1"), after("reopen", "closed", "SO-1")
    ('confirmed', 'confirmed')
    >>> def code(verb, state):
    ...     try: after(verb, state, "SO-1")
    ...     except Refused as refused: return refused.code
    >>> code("ship", "draft"), code("confirm", "confirmed"), code("reopen", "confirmed"), code("close", "closed")
    ('not_confirmed', 'already_confirmed', 'not_closed', 'already_closed')
    >>> code("amend", "closed"), code("cancel", "cancelled"), code("ship", "closed")
    ('already_closed', 'already_cancelled', 'not_confirmed')
    """
    found = STEPS[verb].get(state)
    if found is None:
        code, sentence = _refusal(verb, state)
        raise Refused(code, sentence % {"order": name})
    return found


def _refusal(verb: str, state: str) -> tuple[str, str]:
    if verb == "ship" and state == CLOSED:
        return "not_confirmed", _("Order %(order)s is closed, so nothing of it is shipped. Reopen it first.")
    if verb == "ship" and state == CANCELLED:
        return "not_confirmed", _("Order %(order)s is cancelled, so nothing of it is shipped. Type a new one.")
    if state == CANCELLED:
        return "already_cancelled", _("Order %(order)s is cancelled. Type a new one.")
    if verb == "reopen":
        return "not_closed", _("Order %(order)s is not closed, so there is nothing to reopen.")
    if state == CLOSED:
        if verb in ("quote", "confirm"):
            return "already_confirmed", _("Order %(order)s was confirmed and is closed. Reopen it to go on with it.")
        return "already_closed", _("Order %(order)s is closed. Reopen it first.")
    if state == CONFIRMED:
        return "already_confirmed", _("Order %(order)s is confirmed already. Amend it to change what was ordered.")
    return "not_confirmed", _("Order %(order)s is not confirmed. Confirm it first.")
