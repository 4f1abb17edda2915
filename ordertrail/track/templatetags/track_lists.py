"""``{% load track_lists %}``: parts of the pages of findings and sources that no other page has."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.records.shapes import Record
from ordertrail.sync.models import SyncRun
from ordertrail.track.field_words import word
from ordertrail.track.reworded import reworded
from ordertrail.track.templatetags.track_order import told
from ordertrail.track.withheld import Told
from ordertrail.web.templatetags import ot

register = template.Library()
register.filter("reworded", reworded)

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


RUN_STATES = {
    "running": ("info", "refresh", gettext_lazy("Running")),
    "done": ("ok", "", gettext_lazy("Done")),
    "failed": ("bad", "", gettext_lazy("Failed")),
    "held": ("warn", "", gettext_lazy("Held")),
}
TRIGGERS = {
    "person": gettext_lazy("a person"),
    "schedule": gettext_lazy("the schedule"),
    "command": gettext_lazy("the command line"),
    "replay": gettext_lazy("reading again"),
}
STORY_ICONS = {
    "stream": "player-play",
    "first": "player-play",
    "landed": "download",
    "counted": "math-function",
    "note": "info-circle",
    "late": "clock",
    "swept": "trash",
    "no_sweep": "trash",
    "held": "alert-triangle",
    "failed": "alert-octagon",
    "replayed": "refresh",
}
SECRETS = {
    "password": gettext_lazy("Password"),
    "token": gettext_lazy("Access token"),
    "key": gettext_lazy("API key"),
    "client_secret": gettext_lazy("Client secret"),
}
"""Credentials in words, where connectors call them alike."""
BY_MAPPING = frozenset(
    {
        "unknown_value",
        "not_a_date",
        "date_order_unknown",
        "ambiguous_number",
        "not_a_number",
        "zeros_lost",
        "not_a_flag",
    }
)
"""Reasons for which the mapping may say what was meant; all others are put right in the source."""


@register.filter
def secret_words(name: str) -> str:
    """What a credential is called; one that has no words is shown by its own name."""
    return str(SECRETS.get(name, name))


@register.simple_tag
def run_state(run: SyncRun) -> SafeString:
    """How a run ended, as a chip."""
    tone, picture, words = RUN_STATES.get(run.state, ("idle", "", run.state))
    return ot.chip(tone, words, picture)


@register.simple_tag
def run_trigger(run: SyncRun) -> str:
    """Who or what asked for a run."""
    return str(TRIGGERS.get(run.trigger, run.trigger))


@register.filter
def took(run: SyncRun) -> timedelta | None:
    """How long a run took; None while it runs."""
    return run.ended_at - run.started_at if run.ended_at else None


@register.filter
def story_icon(code: str) -> str:
    """The icon of a step in a run's story."""
    return STORY_ICONS.get(code, "history")


@register.filter
def mends_by_mapping(reject: Told) -> bool:
    """Whether the mapping may say what a rejected value means."""
    return reject.code in BY_MAPPING


@register.simple_tag
def cell_count(value: int) -> SafeString:
    """A count in a table's cell: zero is a dash."""
    return ot.cell_qty(Decimal(value))


@register.filter
def get(values: Mapping[str, Any], name: str) -> Any:
    """The value under a name; None where there is none."""
    return values.get(name)


def _shown(record: Record) -> list[str]:
    """The fields of a record that say something of it at one look."""
    return [
        field.name
        for field in dataclasses.fields(record)
        if field.name not in ("ref", "lines", "changed_at", "same_as")
    ][:9]


@register.filter
def record_heads(record: Record) -> list[str]:
    """The heads of a table of records like this one."""
    names = [str(word(name)) for name in _shown(record)]
    return [*names, _("Lines")] if hasattr(record, "lines") else names


@register.filter
def record_cells(record: Record) -> list[SafeString | str]:
    """One record as cells."""
    cells = [getattr(record, name) for name in _shown(record)]
    if hasattr(record, "lines"):
        cells.append(len(record.lines))
    return [told(", ".join(map(str, cell)) if isinstance(cell, tuple) else cell) for cell in cells]
