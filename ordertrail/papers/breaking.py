"""Which lines of a paper stand on which page: pure arithmetic over heights in mm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Strip(Generic[What]):
    """Something that is never cut: what it is and how high, in mm."""

    what: What
    height: float


@dataclass(frozen=True, slots=True)
class Run(Generic[What]):
    """Strips under one head, which is repeated on each page; ``together``: all on one page, where one page holds them."""

    head: tuple[Strip[What], ...]
    strips: tuple[Strip[What], ...]
    together: bool = False


def pages(runs: Iterable[Run[What]], room: float, tail: float = 0) -> list[list[Strip[What]]]:
    """The strips of each page of height ``room``; ``tail`` is what must stay free at the end of the last one, which may so hold
    nothing else.

    >>> def told(found): return ["".join(strip.what for strip in page) for page in found]
    >>> run = Run((Strip("H", 1),), tuple(Strip(one, 1) for one in "abcde"))
    >>> told(pages([run], 4)), told(pages([run], 4, tail=1)), told(pages([run], 4, tail=2))
    (['Habc', 'Hde'], ['Habc', 'Hde'], ['Habc', 'Hde', ''])
    >>> two = Run((Strip("T", 1),), (Strip("x", 1), Strip("y", 1)), together=True)
    >>> told(pages([run, two], 4)), told(pages([Run((Strip("T", 1),), (Strip("x", 1),) * 6, together=True)], 4))
    (['Habc', 'Hde', 'Txy'], ['Txxx', 'Txxx'])
    """
    found: list[list[Strip[What]]] = [[]]
    left = room
    for run in runs:
        needed = _height(run.head) + (_height(run.strips) if run.together else _height(run.strips[:1]))
        head_due = True
        if found[-1] and needed > left:
            found.append([])
            left = room
        for strip in run.strips:
            if not head_due and strip.height > left:
                found.append([])
                left, head_due = room, True
            if head_due:
                found[-1] += run.head
                left -= _height(run.head)
                head_due = False
            found[-1].append(strip)
            left -= strip.height
    if found[-1] and tail > left:
        found.append([])
    return found


def _height(strips: Sequence[Strip[What]]) -> float:
    return sum(strip.height for strip in strips)
