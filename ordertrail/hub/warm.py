"""Asking ahead: what the boards were asked a little while ago is asked again on each new snapshot, before anybody waits for it.

While a sync goes on, a snapshot is published every few seconds, and the first to look at it would pay for all of its figures.
One thread a web process does this, as long as somebody has looked at a board a little while ago.
"""

from __future__ import annotations

import logging
import threading
import time

from ordertrail.hub import publish
from ordertrail.hub.publish import Snapshot
from ordertrail.hub.read import ask_again
from ordertrail.hub.refresh import folder
from ordertrail.lib.refused import Refused

log = logging.getLogger(__name__)

AWAKE_SECONDS = 120.0
"""How long after the last look at a board this goes on, and how old a question may be to be asked again."""
LOOK_SECONDS = 0.5
"""How often it looks for a new snapshot: a glance at one small file."""

_looked: list[float] = []
_ready: list[str] = []
_threads: list[threading.Thread] = []


def start() -> None:
    """Begin, in a process that serves pages."""
    _threads[:] = [threading.Thread(target=_watch, name="warm", daemon=True)]
    _threads[0].start()


def keep_warm() -> None:
    """Somebody looks at a board now: have the next snapshots ready for the next look."""
    _looked[:] = [time.monotonic()]


def is_ready(newest: Snapshot) -> bool:
    """Whether a page may be told of this snapshot: its figures are ready, or nobody makes them so."""
    return not _threads or newest.name in _ready


def _watch() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        if _looked and time.monotonic() - _looked[0] < AWAKE_SECONDS:
            look()


def look() -> None:
    """Make the newest snapshot ready, where it is not."""
    newest = publish.newest(folder())
    if newest is not None and newest.name not in _ready:
        _warm(newest)
        _ready[:] = [newest.name]


def _warm(newest: Snapshot) -> None:
    """Ask ahead; where that fails, whoever looks is told why when they ask themselves."""
    try:
        ask_again(newest, AWAKE_SECONDS)
    except Refused as refused:
        log.info("%s", refused.detail)
    except Exception:
        log.exception("what boards show could not be asked ahead")
