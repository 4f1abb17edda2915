"""Texts broken into lines: Han signs anywhere, words at blanks, a word that is too long where it must."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]
"""How wide a text is, in any unit."""

_PIECES = re.compile(r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
_NEVER_FIRST = frozenset("，。、；：？！）》」』】〕％,.;:?!)]}%")
_NEVER_LAST = frozenset("（《「『【〔([{")


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """``text`` in lines of at most ``width``; a sign that opens or closes stays with its text. At least one line, which may be empty.

    >>> wrapped("ship to 1 Pier", 7, len), wrapped("航行信号灯，四只", 4, len)
    (['ship to', '1 Pier'], ['航行信号', '灯，四只'])
    >>> wrapped("HL-NL02-XXL", 5, len), wrapped("", 5, len), wrapped("信号灯（白）", 5, len)
    (['HL-NL', '02-XX', 'L'], [''], ['信号灯', '（白）'])
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, measure):
        if not line.strip() or measure((line + piece).rstrip()) <= width:
            line = (line + piece).lstrip() if not line.strip() else line + piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, width: float, measure: Measure) -> Iterator[str]:
    """What stays in one line, in its order; blanks are one blank each."""
    kept = ""
    for piece in _PIECES.findall(text):
        if kept and (kept.isspace() or not (piece[0] in _NEVER_FIRST or kept[-1] in _NEVER_LAST)):
            yield kept
            kept = ""
        kept += " " if piece.isspace() else piece
        while measure(kept) > width and len(kept) > 1:
            most = next(count for count in range(len(kept) - 1, 0, -1) if count == 1 or measure(kept[:count]) <= width)
            yield kept[:most]
            kept = kept[most:]
    if kept:
        yield kept
