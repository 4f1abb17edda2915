"""Progress for everything that takes longer than a second; silent where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Show = Callable[[str, int, int | None], None]

screen = Console(stderr=True)


@contextmanager
def shown(title: str) -> Iterator[Show]:
    """A function to call with (what, done, expected) while something long goes on; one bar for each ``what``."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=not screen.is_terminal) as bars:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, expected: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(f"{title} {what}", total=expected)
            bars.update(tasks[what], completed=done, total=expected)  # type: ignore[arg-type]

        yield show
