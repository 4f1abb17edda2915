"""``{% load track_lists %}``: parts of the pages of findings and sources that no other page has."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy

register = template.Library()

STEPS = {
    "opened": gettext_lazy("opened"),
    "changed": gettext_lazy("new figures"),
    "moved": gettext_lazy("moved with its document"),
    "closed": gettext_lazy("back to normal"),
    "reopened": gettext_lazy("came back"),
    "taken": gettext_lazy("took it"),
    "given": gettext_lazy("handed it over"),
    "dropped": gettext_lazy("laid it down"),
    "noted": gettext_lazy("said"),
}


@register.simple_tag
def finding_step(what: str) -> str:
    """A step in a finding's life, as it is said after a name."""
    return str(STEPS.get(what, what))
