"""What the worker does between jobs: the rooms above sync that follow the changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date

from ordertrail.lib import clock

log = logging.getLogger(__name__)


AT_ONCE = 5_000
"""Orders at which the checks that depend on the clock look in one round, about two seconds: a million are not looked at before
anything else may go on."""


class Following:
    """Lets checks and hub follow the changes; remembers on which day the checks that depend on the clock began to look, and at which
    orders they have not looked yet. What was left when the worker ended is looked at when the next one begins its day."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._left: Sequence[int] = ()

    def __call__(self) -> bool:
        """One round; whether something was done, so that there may be more. A fault is logged and tried again next round."""
        from ordertrail.findings.follow import follow
        from ordertrail.hub.refresh import refresh

        if _tried("checks", lambda: bool(follow())):
            return True
        looked = _tried("daily checks", self._look)
        return _tried("hub", lambda: refresh() is not None) or looked

    def _look(self) -> bool:
        from ordertrail.findings.follow import due_by_clock, look_by_clock

        if self._day != clock.today():
            self._day = clock.today()
            self._left = due_by_clock()
        now, self._left = self._left[:AT_ONCE], self._left[AT_ONCE:]
        look_by_clock(now)
        return bool(now)


def _tried(what: str, do: Callable[[], bool]) -> bool:
    try:
        return do()
    except Exception:
        log.exception("%s could not follow the changes", what)
        return False
