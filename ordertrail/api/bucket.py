"""How many calls one token may make: a bucket of calls that fills again steadily.

The buckets live in the memory of the process that answers. A count shared by all processes would be a durable write before every
read (the cache is a table of the store: 3.3 ms and the write lock for each call, measured; this takes 2 µs). Each process alone
lets ``RATE`` through, so a token is never held below 100 calls a second, however calls fall to processes.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

RATE = 150
"""Calls a second that one token may make for ever, in each process."""
BURST = 300
"""Calls that it may make at once, after a rest."""
REMEMBERED = 10_000
"""Buckets that are kept; the one longest unused goes first, and it is full by then."""


@dataclass(slots=True)
class _Bucket:
    """How many calls were left, and when."""

    left: float
    at: float


class Buckets:
    """One bucket a token; ``clock`` gives seconds that never go back.

    >>> now = [0.0]
    >>> buckets = Buckets(rate=100, burst=2, clock=lambda: now[0])
    >>> buckets.take(7), buckets.take(7), buckets.take(7), buckets.take(8)
    (0, 0, 1, 0)
    >>> now[0] = 0.01
    >>> buckets.take(7), buckets.take(7)
    (0, 1)
    """

    def __init__(self, rate: int = RATE, burst: int = BURST, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, token: int) -> int:
        """0 when ``token`` may make a call now, and it is counted; else after how many whole seconds it may."""
        now = self.clock()
        with self._lock:
            bucket = self._buckets.setdefault(token, _Bucket(float(self.burst), now))
            self._buckets.move_to_end(token)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
            bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.rate)
            bucket.at = now
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) / self.rate)


BUCKETS = Buckets()
"""The buckets of this process."""
