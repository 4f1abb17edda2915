"""What people do with findings: take one, give it to somebody, lay it down, say something. Each is one transaction.

Nobody closes a finding by hand: it closes when what it found is right. Whether somebody may is the caller's question
(``web.rights``, "own_findings").
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ordertrail.desk.acts import note
from ordertrail.desk.models import Change
from ordertrail.findings.models import Finding, FindingEvent, FindingStatus
from ordertrail.findings.queries import told, visible_to
from ordertrail.lib import bulk, clock
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person


def take(by: Person, finding: int) -> Finding:
    """``by`` takes a finding (by id) on their own desk. Refused("unknown_finding"), ("finding_closed"), ("finding_taken")."""
    with writing():
        row = _open(by, finding)
        if row.owner_id is not None and row.owner_id != by.pk:
            detail = _("%(owner)s has “%(title)s” already; %(owner)s can give it to you.")
            raise Refused("finding_taken", detail % {"owner": row.owner, "title": told(row).title})
        return _hand(by, row, by, "taken")


def give(by: Person, finding: int, to: Person, *, remedy: str = "", text: str = "") -> Finding:
    """``by`` gives a finding to somebody, with the remedy that was chosen (the code of one of its check's) and a word about it.

    Refused("unknown_finding"), ("finding_closed"), ("cannot_work"), ("unknown_remedy").
    """
    with writing():
        row = _open(by, finding)
        if not to.is_active or to.role == "guest":
            detail = _("%(person)s cannot work on findings; choose somebody who can.")
            raise Refused("cannot_work", detail % {"person": to})
        if remedy and remedy not in {known.code for known in told(row).remedies}:
            detail = _("“%(title)s” has no remedy %(remedy)s; reload the page.")
            raise Refused("unknown_remedy", detail % {"title": told(row).title, "remedy": remedy})
        return _hand(by, row, to, "given", {"to": to.pk, "remedy": remedy, "text": text.strip()})


def drop(by: Person, finding: int) -> Finding:
    """``by`` lays a finding down: it is its role's again. Refused("unknown_finding"), ("finding_closed")."""
    with writing():
        return _hand(by, _open(by, finding), None, "dropped")


def comment(by: Person, finding: int, text: str) -> FindingEvent:
    """``by`` says something about a finding, open or closed. Refused("unknown_finding"), ("empty_comment")."""
    with writing():
        row = _seen(by, finding)
        if not text.strip():
            raise Refused("empty_comment", _("There is nothing in the comment; write a word or two."))
        note(by, "comment", "finding", row.pk, text=text.strip())
        return FindingEvent.objects.create(
            finding=row, at=clock.now(), what="noted", actor=by, facts={"text": text.strip()}
        )


def _seen(by: Person, finding: int) -> Finding:
    row = visible_to(by).select_for_update().filter(pk=finding).first()
    if row is None:
        raise Refused("unknown_finding", _("There is no finding %(id)s that you may see.") % {"id": finding})
    return row


def _open(by: Person, finding: int) -> Finding:
    row = _seen(by, finding)
    if row.status != FindingStatus.OPEN:
        detail = _("“%(title)s” is back to normal already; there is nothing left to do.")
        raise Refused("finding_closed", detail % {"title": told(row).title})
    return row


def _hand(by: Person, row: Finding, to: Person | None, what: str, facts: dict[str, Any] | None = None) -> Finding:
    """Write the owner, the step and who did it; nothing where a finding is where it should be already."""
    if row.owner_id == (to and to.pk) and not facts:
        return row
    row.owner = to
    row.save(update_fields=["owner"])
    FindingEvent.objects.create(finding=row, at=clock.now(), what=what, actor=by, facts=facts or {})
    bulk.insert(Change, ("kind", "object"), [("finding", row.pk)])
    note(by, what, "finding", row.pk, check=row.check_name, **(facts or {}))
    return row
