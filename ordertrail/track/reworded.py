"""Sentences that the worker wrote down in its own language, in the reader's.

Why an item was rejected is stored as a sentence in whatever language the reading spoke. Every sentence of a sync and its
translations stand in the tables of words, so a stored one is found there by its shape, its values are taken out, and it is
said again in the language of whoever reads. What is found in no table stays as it was written: a text is never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

WORDS = Path(__file__).resolve().parent.parent / "locale" / "words"
TABLES = "sync_*.tsv"
LEAST = 3
"""So many fixed signs a shape with values has at least; one with fewer would fit anything."""
VALUE = re.compile(r"%\((\w+)\)s")
PLACES = frozenset({"place", "detail", "why"})
"""Values that are sentences or places themselves. All others are what a source wrote, and are quoted as they are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a sentence looks in one language: its English original, the pattern, how many signs of it are fixed."""

    original: str
    pattern: re.Pattern[str]
    begins: str
    fixed: int


def reworded(text: str) -> str:
    """``text`` in the reader's language, where it is one of our sentences; else as it is."""
    best: tuple[int, str, dict[str, str]] | None = None
    for shape in _shapes():
        if (best and shape.fixed <= best[0]) or not text.startswith(shape.begins):
            continue
        if found := shape.pattern.fullmatch(text):
            best = shape.fixed, shape.original, found.groupdict()
    if best is None:
        return text
    _fixed, original, values = best
    said = {name: reworded(value) if name in PLACES else value for name, value in values.items()}
    return gettext(original) % said if said else gettext(original)


@cache
def _shapes() -> tuple[Shape, ...]:
    """All sentences of a sync in all languages, those that say most first."""
    found = [_shape(original, form) for original, form in set(_forms())]
    found = [shape for shape in found if shape.fixed >= LEAST or not shape.pattern.groups]
    return tuple(sorted(found, key=lambda shape: (-shape.fixed, shape.original)))


def _forms() -> Iterator[tuple[str, str]]:
    for table in sorted(WORDS.glob(TABLES)):
        for line in table.read_text("utf-8").splitlines():
            forms = [cell.replace("\\n", "\n") for cell in line.split("\t")]
            yield from ((forms[0], form) for form in forms if form)


def _shape(original: str, form: str) -> Shape:
    parts = VALUE.split(form)
    named: set[str] = set()
    pattern = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            pattern += re.escape(part.replace("%%", "%"))
        else:
            pattern += f"(?P={part})" if part in named else f"(?P<{part}>.*?)"
            named.add(part)
    fixed = sum(len(part) for part in parts[::2])
    return Shape(original, re.compile(pattern, re.DOTALL), parts[0].replace("%%", "%"), fixed)
