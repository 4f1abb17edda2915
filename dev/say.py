"""What dev.py prints: one line a step, with its time; on a terminal the line lives while the step runs."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOG_EVERY = 30
"""Seconds between two signs of life where the output is a log and not a terminal."""


class Failed(Exception):
    """A step that did not succeed; the message says which, and what to do where that is known."""


class Step:
    """A step that is running: its title, what it says of itself, and its clock."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.began = time.monotonic()
        self.over = threading.Event()

    @property
    def seconds(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self.began

    def line(self) -> str:
        """The step in one line."""
        return f"  {self.title:<30} {duration(self.seconds):>9}  {self.note}".rstrip()

    def show(self) -> None:
        """Keep the line alive until the step is over; started in a thread."""
        live = sys.stdout.isatty()
        while not self.over.wait(0.2 if live else LOG_EVERY):
            width = shutil.get_terminal_size().columns - 1  # a line that wraps could not be written over
            sys.stdout.write(f"\r\033[K{self.line()[:width]}" if live else f"{self.line()} …\n")
            sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Run a block as a step: its line shows progress (``step.note``), and stays with the time it took."""
    running = Step(title)
    shown = threading.Thread(target=running.show, daemon=True)
    shown.start()
    try:
        yield running
    finally:
        running.over.set()
        shown.join()
        sys.stdout.write(("\r\033[K" if sys.stdout.isatty() else "") + running.line() + "\n")
        sys.stdout.flush()


def duration(seconds: float) -> str:
    """Seconds in words: ``3.2 s``, ``4 min 05 s``.

    >>> duration(3.21), duration(245)
    ('3.2 s', '4 min 05 s')
    """
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def megabytes(size: int) -> str:
    """Bytes in words: ``70.1 MB``.

    >>> megabytes(70_100_000)
    '70.1 MB'
    """
    return f"{size / 1e6:.1f} MB"
