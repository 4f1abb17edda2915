"""What the worker does between jobs: the rooms above sync that follow the changes."""

from __future__ import annotations

import logging

from ordertrail.lib import clock

log = logging.getLogger(__name__)

_daily_done: list[object] = [None]


def between_jobs() -> None:
    """Let the checks follow what changed, then the hub; once a company day the checks that depend on the clock."""
    from ordertrail.findings.follow import daily, follow
    from ordertrail.hub.refresh import refresh

    follow()
    if _daily_done[0] != clock.today():
        daily()
        _daily_done[0] = clock.today()
    refresh()
