"""Comment: a person says something about a document, for whoever comes after."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.desk.acts import note
from ordertrail.desk.models import Comment
from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.records.models import SourceDocument

LONGEST = 4000
"""Signs in a comment; more belongs into a file."""


def comment(by: Person, document: int, text: str) -> Comment:
    """Write ``text`` on a source document (by id); it stays there, whatever is linked later.

    Refused("empty_comment"), ("long_comment"), ("unknown_document").
    """
    text = text.strip()
    if not text:
        raise Refused("empty_comment", _("The comment is empty; write something, then send it."))
    if len(text) > LONGEST:
        detail = _("The comment has %(signs)s signs, %(most)s fit; shorten it or send it in two.")
        raise Refused("long_comment", detail % {"signs": len(text), "most": LONGEST})
    with writing():
        found = SourceDocument.objects.filter(pk=document).first()
        if found is None:
            raise Refused(
                "unknown_document", _("There is no document %(id)s; search for its number.") % {"id": document}
            )
        made = Comment.objects.create(document=found, author=by, at=clock.now(), text=text)
        note(by, "comment", found.kind, found.pk, comment=made.pk)
    return made
