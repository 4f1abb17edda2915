"""Progress for everything that takes longer than a second: bars on a terminal, a line for each finished step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Show = Callable[[str, int, int | None], None]

screen = Console(stderr=True)


@contextmanager
def shown(title: str) -> Iterator[Show]:
    """A function to call with (what, done, expected) while something long goes on; one bar, or line, for each ``what``."""
    if not screen.is_terminal:
        with _lines(title) as line:
            yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen) as bars:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, expected: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(f"{title} {what}", total=expected)
            bars.update(tasks[what], completed=done, total=expected)  # type: ignore[arg-type]

        yield show


@contextmanager
def _lines(title: str) -> Iterator[Show]:
    """Where no bar can move: a line for each step once the next one begins, with how many and the seconds it took."""
    now: list[tuple[str, int, float]] = []

    def end() -> None:
        for what, count, begun in now:
            words = " ".join(word for word in (title, what, str(count or "")) if word)
            screen.print(f"  {words} · {time.monotonic() - begun:.1f} s", highlight=False)
        now.clear()

    def show(what: str, done: int, expected: int | None) -> None:
        begun = now[0][2] if now and now[0][0] == what else time.monotonic()
        if now and now[0][0] != what:
            end()
        now[:] = [(what, done, begun)]

    yield show
    end()
