"""Who is believed, and what belongs together: pure rules over what sources say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)

Standing = Callable[[int, bool], int]
"""The standing of a source id in one family of facts, for a paper or (True) for a reported figure: see ``standing``."""

NEVER = 2_000_000_000
"""The standing of a source that is not asked about a family of facts: its rows are shown and never counted."""


def standing(source_id: int, rank: int, scope: str, *, reported: bool = False) -> int:
    """How early a source's rows are believed for an order; the lowest standing present counts, all others do not.

    A paper stands before a bare figure of the same source, and no two sources stand alike.

    >>> standing(3, 1, "documents") < standing(3, 1, "documents", reported=True) < standing(2, 2, "all") < standing(4, 1, "")
    True
    """
    return NEVER if not scope else rank * 200_000 + (100_000 if reported else 0) + source_id


def source_of(standing_: int) -> int | None:
    """The source whose standing this is.

    >>> source_of(standing(7, 3, "documents", reported=True)), source_of(NEVER)
    (7, None)
    """
    return None if standing_ >= NEVER else standing_ % 100_000


def believed(rows: Iterable[int], silent: Iterable[int]) -> int:
    """The standing that counts for one order: the lowest among its ``rows`` and among sources that speak by being silent
    (their scope says that no document means 0)."""
    return min((*rows, *silent), default=NEVER)


def groups(pairs: Iterable[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    """What links connect: each linked node with the whole set that it belongs to.

    >>> sorted(groups([(1, 2), (2, 3), (7, 8)])[3])
    [1, 2, 3]
    """
    found: dict[Node, set[Node]] = {}
    for one, other in pairs:
        joined = found.get(one, {one}) | found.get(other, {other})
        for node in joined:
            found[node] = joined
    return found


def rule_links(by_source: Mapping[int, Iterable[int]]) -> set[tuple[int, int]]:
    """Links among documents that carry the same key (a tax number, a name, a SKU), given as source → documents.

    A source in which the key is not unique takes no part, whatever came first: nothing is merged by guess.

    >>> sorted(rule_links({1: [10], 2: [20], 3: [30, 31]})), rule_links({1: [10]})
    ([(10, 20)], set())
    """
    single = sorted(documents[0] for listed in by_source.values() if len(documents := list(listed)) == 1)
    return {(single[0], other) for other in single[1:]}
