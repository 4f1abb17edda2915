"""People: who is added, and what is changed of them. Each change is written down; who is locked is out at once."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from ordertrail.desk.acts import note
from ordertrail.lib.gate import writing
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person
from ordertrail.web.rights import COST_BY_SETTING, roles_with

FIELDS = ("role", "own_customers_only", "sees_cost", "is_active")
"""What may be changed of a person by others; the password too, of which only that it was changed is written down."""


def add(by: Person | None, username: str, password: str, role: str, **fields: Any) -> Person:
    """A new person; ``by``: who adds them (None: the command line). Refused("there_already") where the log-in name is taken."""
    with writing():
        if Person.objects.filter(username=username).exists():
            detail = _("%(name)s is there already; choose another log-in name.")
            raise Refused("there_already", detail % {"name": username})
        made = Person.objects.create_person(username, password, role, **fields)
        note(by, "add_person", "person", made.pk, username=username, role=role)
    return made


def change(by: Person | None, username: str, password: str = "", **wanted: Any) -> Person:
    """Change what is named of a person: ``FIELDS``, the password. A new password and a lock end every session at once.

    Refused("unknown_person"), ("last_administrator") for who would leave nobody to manage people, ("cost_by_role") for a role that
    never sees cost.
    """
    with writing():
        person = Person.objects.select_for_update().filter(username=username).first()
        if person is None:
            detail = _("There is nobody with the user name %(name)s; see ordertrail user list.")
            raise Refused("unknown_person", detail % {"name": username})
        changed = {name: [getattr(person, name), wanted[name]] for name in FIELDS if name in wanted}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        for name, (_before, now) in changed.items():
            setattr(person, name, now)
        _check(person, wanted)
        if password:
            person.set_password(password)
            changed["password"] = ["", "changed"]
        if changed:
            person.save()
            note(by, "change_person", "person", person.pk, **changed)
        if password or not person.is_active:
            end_sessions(person)
    return person


def _check(person: Person, wanted: dict[str, Any]) -> None:
    if wanted.get("sees_cost") and person.role not in COST_BY_SETTING:
        detail = _("The role %(role)s never sees cost; give %(name)s another role first, for example sales.")
        raise Refused("cost_by_role", detail % {"role": person.role, "name": person.username})
    managing = roles_with("manage_people")
    others = Person.objects.filter(is_active=True, role__in=managing).exclude(pk=person.pk)
    if (person.role not in managing or not person.is_active) and not others.exists():
        detail = _("%(name)s is the only administrator who can log in; add another one first.")
        raise Refused("last_administrator", detail % {"name": person.username})


def end_sessions(person: Person) -> None:
    """Log a person out everywhere; the next request of any browser asks for a log-in."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
