"""Faults that nobody has foreseen: people are told a number, and the log has the rest under it."""

from __future__ import annotations

import logging
import secrets

from django.utils.translation import gettext as _

from ordertrail.lib import disk

log = logging.getLogger(__name__)

_NUMBER = "fault_number"


def told(fault: Exception, where: str) -> str:
    """The sentence that may be shown of ``fault``, which happened at ``where``; everything else of it goes to the log, once.

    What a fault says may hold a path, a statement or a value that is nobody's business.
    """
    if disk.is_full(fault):
        return disk.full().detail
    number = getattr(fault, _NUMBER, "")
    if not number:
        number = secrets.token_hex(4)
        setattr(fault, _NUMBER, number)
        log.error("fault %s: %s", number, where, exc_info=fault)
    sentence = _(
        "A fault of ours: nothing is half done. Try again; if it stays, give an administrator the number %(number)s,"
        " which stands in the log."
    )
    return sentence % {"number": number}
