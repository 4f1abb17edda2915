"""What the worker does between jobs: the rooms above sync that follow the changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from ordertrail.lib import clock

log = logging.getLogger(__name__)


class Following:
    """Lets checks and hub follow the changes; remembers on which day the checks that depend on the clock have looked."""

    def __init__(self) -> None:
        self._day: date | None = None

    def __call__(self) -> bool:
        """One round; whether something was done, so that there may be more. A fault is logged and tried again next round."""
        from ordertrail.findings.follow import daily, follow
        from ordertrail.hub.refresh import refresh

        done = _tried("checks", lambda: bool(follow()))
        if not done and self._day != clock.today():
            done = _tried("daily checks", lambda: bool(daily()))
            self._day = clock.today()
        return done or _tried("hub", lambda: refresh() is not None)


def _tried(what: str, do: Callable[[], bool]) -> bool:
    try:
        return do()
    except Exception:
        log.exception("%s could not follow the changes", what)
        return False
