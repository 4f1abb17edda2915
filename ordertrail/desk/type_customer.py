"""Type a customer, or change one that was typed here: a version of the desk's, like any source's word on a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.desk.typed import said_of, say, taken
from ordertrail.lib.gate import rewriting, whole
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Customer, Person
from ordertrail.records.shapes import CustomerRecord


def type_customer(by: Person, code: str, *, name: str, **told: Any) -> int:
    """A new customer; ``told`` are fields of ``CustomerRecord``. Returns its id.

    Refused("number_taken") where a customer has the code.
    """
    with whole(), rewriting():
        if taken("customer", code):
            sentence = _("There is a customer %(code)s already. Change that one, or choose another code.") % {
                "code": code
            }
            raise Refused("number_taken", sentence, [{"path": "code", "code": "number_taken", "detail": sentence}])
        return say(by, "type_customer", CustomerRecord(ref=code, number=code, name=name, **told))


def change_customer(by: Person, customer: int, changes: Mapping[str, Any]) -> int:
    """Change fields of a customer that was typed here. Returns its id, which stays. Refused("lives_elsewhere") for another system's."""
    with whole(), rewriting():
        record = said_of("customer", customer)
        if record is None:
            row = Customer.objects.select_related("home").get(pk=customer)
            sentence = _("%(customer)s is kept by %(home)s. Change it there; it comes over with the next sync.")
            raise Refused("lives_elsewhere", sentence % {"customer": row.code, "home": row.home.name})
        return say(by, "change_customer", replace(record, **changes))
