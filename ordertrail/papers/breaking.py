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
    """The strips of each page of height ``room``; ``tail`` is what must stay free at the end of the last one. Where it
    finds no room there, the last strip comes along to a page more, so that nobody signs below nothing.

    >>> def told(found): return ["".join(strip.what for strip in page) for page in found]
    >>> run = Run((Strip("H", 1),), tuple(Strip(one, 1) for one in "abcde"))
    >>> told(pages([run], 4)), told(pages([run], 4, tail=1)), told(pages([run], 4, tail=2))
    (['Habc', 'Hde'], ['Habc', 'Hde'], ['Habc', 'Hd', 'He'])
    >>> two = Run((Strip("T", 1),), (Strip("x", 1), Strip("y", 1)), together=True)
    >>> told(pages([run, two], 4)), told(pages([Run((Strip("T", 1),), (Strip("x", 1),) * 6, together=True)], 4))
    (['Habc', 'Hde', 'Txy'], ['Txxx', 'Txxx'])
    """
    found: list[list[Strip[What]]] = [[]]
    left = room
    head: tuple[Strip[What], ...] = ()
    for run in runs:
        head = run.head
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
        found.append(_come_along(found[-1], head, room - tail))
    return found


def _come_along(page: list[Strip[What]], head: tuple[Strip[What], ...], room: float) -> list[Strip[What]]:
    """The last strip, taken off its page, with its head again; nothing where it is the only one there, or too high."""
    over = [*head, page[-1]]
    if len(page) <= len(over) or _height(over) > room:
        return []
    page.pop()
    return over


def _height(strips: Sequence[Strip[What]]) -> float:
    return sum(strip.height for strip in strips)
