"""Things that a body names: an unknown one blames its field (422), unlike one in the address (404)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ordertrail.api.naming import meant
from ordertrail.api.problems import Problem, wrong_field


def within(kind: str, name: str, person: object, path: str) -> int:
    """The id of the document of ``kind`` that a body names at ``path``, of those that ``person`` may see. Problem 422 where there is
    none, 409 where several carry the number."""
    try:
        return meant(kind, name, person)
    except Problem as problem:
        if problem.status == 404:
            raise wrong_field(path, f"unknown_{kind}", problem.detail) from None
        raise


def one_of_these(forms: dict[str, bool]) -> None:
    """Problem 422 where a body has none of these forms, or more than one."""
    there = [name for name, holds in forms.items() if holds]
    if len(there) != 1:
        sentence = _("Send one of %(forms)s, and only one.")
        path = there[1] if there else next(iter(forms))
        raise wrong_field(path, "wrong_value" if there else "missing_field", sentence % {"forms": ", ".join(forms)})
