"""Columns that a source has won or lost since its mapping was made: shown, or waited for where a figure would go."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import Landing
from ordertrail.sync.stream import Stream


@dataclass(frozen=True, slots=True)
class Missing:
    """A mapped column that the source no longer has, and the new one that looks most like it ("" if none does)."""

    column: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed in a source's columns. ``new`` is worth a notice; ``missing`` stops the batch until a person
    decides.
    """

    stream: str
    new: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    def refuse(self) -> None:
        """Refused("column_missing"), naming each column and what it may be called now; nothing when none is missing."""
        if not self.missing:
            return
        errors = [
            {"path": f"{self.stream}.{one.column}", "code": "column_missing", "detail": _sentence(one)}
            for one in self.missing
        ]
        sentences = " ".join(error["detail"] for error in errors)
        raise Refused(
            "column_missing",
            _(
                "Stream “%(stream)s” cannot be read: %(sentences)s Change the mapping, or the source; nothing "
                "was taken in."
            )
            % {"stream": self.stream, "sentences": sentences},
            errors,
        )


def _sentence(missing: Missing) -> str:
    if missing.suggestion:
        return _("column “%(column)s” is missing; it may now be called “%(suggestion)s”.") % {
            "column": missing.column,
            "suggestion": missing.suggestion,
        }
    return _("column “%(column)s” is missing.") % {"column": missing.column}


def drift(
    stream: Stream,
    columns: Sequence[str],
    line_columns: Sequence[str] | None = None,
    known: Iterable[str] | None = None,
) -> Drift:
    """Compare the columns that are there with those that ``stream`` maps, and with those ``known`` from an earlier run.

    Without ``known`` no column is new. ``line_columns`` None: the lines stand on the same rows.
    """
    missing = [*_missing(stream.required_columns(), stream, columns)]
    if line_columns is not None:
        missing += _missing(stream.required_columns(lines=True), stream, line_columns)
    there = (*columns, *(line_columns or ()))
    before = None if known is None else {*known, *stream.columns(), *stream.columns(lines=True)}
    new = () if before is None else tuple(dict.fromkeys(one for one in there if one not in before))
    return Drift(stream.name, new, tuple(missing))


def drift_of(stream: Stream, landing: Landing, known: Iterable[str] | None = None) -> Drift:
    """The drift that a landing shows by the columns in its ``meta``; none where the connector does not say them."""
    if "columns" not in landing.meta:
        return Drift(stream.name)
    lines = json.loads(landing.meta["line_columns"]) if "line_columns" in landing.meta else None
    return drift(stream, json.loads(landing.meta["columns"]), lines, known)


def _missing(wanted: Sequence[str], stream: Stream, there: Sequence[str]) -> list[Missing]:
    mapped = {*stream.columns(), *stream.columns(lines=True)}
    free = [column for column in there if column not in mapped]
    present = set(there)
    return [Missing(column, closest(column, free)) for column in wanted if column not in present]


_PARTS = re.compile(r"[\W_]+")


def closest(name: str, names: Iterable[str]) -> str:
    """The one of ``names`` that looks most like ``name``, "" when none looks alike.

    >>> closest("order_no", ["id", "OrderNo"]), closest("客户名称", ["客户", "金额"]), closest("qty", ["price"])
    ('OrderNo', '客户', '')
    """
    best, best_score = "", 0.6
    wanted = _PARTS.sub("", name).casefold()
    for other in names:
        bare = _PARTS.sub("", other).casefold()
        score = difflib.SequenceMatcher(None, wanted, bare).ratio()
        if bare and (bare in wanted or wanted in bare):
            score = max(score, 0.6 + 0.3 * min(len(bare), len(wanted)) / max(len(bare), len(wanted)))
        if score > best_score:
            best, best_score = other, score
    return best
