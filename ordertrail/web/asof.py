"""As of: how fresh the figures are, told by the room that knows the sources, shown by every page.

``web`` stands below that room, so it cannot ask it. The room hands in a function when the application starts:

    from ordertrail.web import asof
    asof.tell(sources_as_of)          # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AsOf:
    """The oldest instant among the sources that a figure needs, and how many of them are fresh; ``href`` tells more."""

    at: datetime | None
    fresh: int
    total: int
    href: str = ""

    @property
    def partly(self) -> bool:
        """Whether a source is missing or stale, so that the badge is amber."""
        return self.fresh < self.total or self.at is None


_tellers: list[Callable[[], AsOf | None]] = []


def tell(function: Callable[[], AsOf | None]) -> None:
    """Hand in the function that says how fresh everything is; the last one handed in is asked."""
    _tellers.append(function)


def told() -> AsOf | None:
    """How fresh everything is now; None while no room tells, or there is no source yet."""
    return _tellers[-1]() if _tellers else None
