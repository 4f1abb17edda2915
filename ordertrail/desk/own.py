"""Own: who has a document on their desk. One person at most; taking it and handing it over are written down."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.desk.acts import note
from ordertrail.desk.models import Owner
from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.models import SourceDocument


def own(by: Person, document: int, to: Person) -> Owner:
    """Put a source document (by id) on the desk of ``to``: ``by`` takes it, or hands it over.

    Refused("unknown_document"), ("not_here") for somebody who has left, ("has_it_already").
    """
    if not to.is_active:
        raise Refused("not_here", _("%(person)s no longer works here; choose somebody else.") % {"person": to})
    with writing():
        found = SourceDocument.objects.filter(pk=document).first()
        if found is None:
            raise Refused(
                "unknown_document", _("There is no document %(id)s; search for its number.") % {"id": document}
            )
        before = Owner.objects.select_for_update().filter(document=found).select_related("person").first()
        if before is not None and before.person_id == to.pk:
            told = {"person": to, "number": found.number}
            raise Refused("has_it_already", _("%(person)s has %(number)s already.") % told)
        made, _made = Owner.objects.update_or_create(document=found, defaults={"person": to, "since": clock.now()})
        verb = "take" if by.pk == to.pk else "hand_over"
        note(by, verb, found.kind, found.pk, to=str(to), before=str(before.person) if before else "")
    return made
