"""What a source wrote, for who may read it as it came (``rights.quotes``); for others the place, the column and the reason's code.

Somebody who is limited to their own customers is told no place, key, file or cursor either: those may be another's order number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ordertrail.lib import clock
from ordertrail.orders.queries import only_for
from ordertrail.records.models import Batch, Source
from ordertrail.sync.models import Reject, SyncRun
from ordertrail.sync.story import KINDS, sentence
from ordertrail.track.reworded import reworded
from ordertrail.track.when import read_up_to
from ordertrail.web import format as write
from ordertrail.web.rights import quotes

PLAIN: dict[str, Promise] = {
    "stream": _("%(stream)s: reading what changed since the last time"),
    "received": _("%(stream)s: a file was already received on %(day)s, byte for byte"),
    "note": _("%(stream)s: something was noted on what was read (%(count)s times)"),
    "failed": _("Stopped"),
}
"""The steps of a run that hold a source's own words, told without them. All others hold counts alone."""


@dataclass(frozen=True, slots=True)
class Told:
    """A rejected item as one person is shown it: ``detail`` and ``raw`` are empty for who is not shown what the source wrote."""

    pk: int
    source: Source
    stream: str
    ref: str
    place: str
    column: str
    code: str
    detail: str
    raw: str
    batch: Batch | None
    at: datetime
    solved_at: datetime | None


def told(rejects: Iterable[Reject], person: object) -> list[Told]:
    """These items as ``person`` is shown them."""
    quoted, everything = quotes(person), only_for(person) is None
    return [
        Told(
            one.pk, one.source, one.stream, one.ref if everything else "", one.place if everything else "", one.column,
            one.code, one.detail if quoted else "", one.raw if quoted else "", one.batch if everything else None,
            one.at, one.solved_at,
        )
        for one in rejects
    ]  # fmt: skip


def story(run: SyncRun, person: object) -> list[tuple[datetime, str, str]]:
    """A run's steps, in the reader's language: when, which, and in words."""
    say = _quoting if quotes(person) else _plain
    return [
        (datetime.fromisoformat(step["at"]), step["code"], say({**step, **_since(run, step)})) for step in run.story
    ]


def _since(run: SyncRun, step: Mapping[str, Any]) -> dict[str, str]:
    """From when on a stream was read, in the company's time where the source tells a time."""
    at = read_up_to(str(step.get("since", "")), run.source.zone)
    return {"since": write.instant(at, clock.zone(), clock.today())} if isinstance(at, datetime) else {}


def _quoting(step: Mapping[str, Any]) -> str:
    """One step with what the worker said in its own language."""
    own = {name: reworded(step[name]) for name in ("detail", "place") if isinstance(step.get(name), str)}
    return sentence({**step, **own})


def _plain(step: Mapping[str, Any]) -> str:
    plain = PLAIN.get(step["code"])
    if plain is None:
        return sentence(dict(step))
    stream = step.get("stream", "")
    return str(plain) % {"count": 1, "day": "", **step, "stream": KINDS.get(stream, stream)}
