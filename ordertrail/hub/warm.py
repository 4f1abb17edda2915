"""Asking ahead: what the boards were asked a little while ago is asked again on each new snapshot, before anybody waits for it.

While a sync goes on, a snapshot is published every few seconds, and the first to look at it would pay for all of its figures.
One thread a web process does this, as long as somebody has looked at a board a little while ago.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time

from ordertrail.hub import publish
from ordertrail.hub.publish import Snapshot
from ordertrail.hub.read import SECONDS, ask_again
from ordertrail.hub.refresh import folder

log = logging.getLogger(__name__)

AWAKE_SECONDS = 120.0
"""How long after the last look at a board this goes on, and how old a question may be to be asked again."""
LOOK_SECONDS = 0.5
"""How often it looks for a new snapshot: a glance at one small file."""
MOST_SECONDS = 4.0
"""How long a page waits at most before it is told of a new snapshot, and how long one is asked: the next may be there after that."""

_looked: list[float] = []
_ready: list[str] = []
_threads: list[threading.Thread] = []
_ended = threading.Event()
_lock = threading.Lock()


def start() -> None:
    """Begin, where it has not, in a process that serves pages. It ends with the process: DuckDB must not be at work while Python is
    taken down."""
    with _lock:
        if not any(thread.is_alive() for thread in _threads):
            _threads[:] = [threading.Thread(target=_watch, name="warm", daemon=True)]
            _threads[0].start()
            atexit.register(_end)


def keep_warm() -> None:
    """Somebody looks at a board now: have the next snapshots ready for the next look."""
    _looked[:] = [time.monotonic()]


def is_ready(newest: Snapshot) -> bool:
    """Whether a page may be told of this snapshot: its figures are ready, or nobody makes them so, or it takes too long."""
    return not _threads or newest.name in _ready or time.time() - newest.published_at > MOST_SECONDS


def look() -> None:
    """Make the newest snapshot ready, where it is not."""
    newest = publish.newest(folder())
    if newest is None or newest.name in _ready:
        return
    until = time.monotonic() + MOST_SECONDS
    for _answered in ask_again(newest, AWAKE_SECONDS):
        if _ended.is_set() or time.monotonic() > until:
            break
    _ready[:] = [newest.name]


def _watch() -> None:
    while not _ended.wait(LOOK_SECONDS):
        if _looked and time.monotonic() - _looked[0] < AWAKE_SECONDS:
            try:
                look()
            except Exception:
                log.exception("what boards show could not be asked ahead")


def _end() -> None:
    _ended.set()
    for thread in _threads:
        thread.join(SECONDS)
