"""What a board is: a page of tiles, each a metric with a filter and a way to draw it.

A member of ``boards/boards/`` is a file with one ``BOARD``; a way to draw is a file of ``boards/charts/`` with a function ``draw``
and a template of the same name. The folders' listings are the registries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from ordertrail.boards.asked import Asked
from ordertrail.boards.metric import Metric, Words, metrics


@dataclass(frozen=True)
class Tile:
    """One tile: its metrics by name (most have one), how they are drawn, and how many of twelve columns it takes (0: a small one in
    the row at the top). ``title`` where the metric's own does not fit; ``by``: a dimension to take it apart by."""

    names: tuple[str, ...]
    chart: str = "figure"
    title: Words = ""
    subtitle: Words = ""
    span: int = 0
    by: str = ""

    @property
    def name(self) -> str:
        """The name of its first metric."""
        return self.names[0]

    @property
    def metric(self) -> Metric:
        """Its first metric."""
        return metrics()[self.name]

    @property
    def key(self) -> str:
        """What tells it from the board's other tiles, in addresses."""
        return "-".join(part for part in (self.name, self.chart, self.by) if part not in ("", "figure"))

    @property
    def template(self) -> str:
        """The template that draws it."""
        return f"boards/charts/{self.chart}.html"

    @property
    def period_title(self) -> Words:
        """Its title where other days were chosen than those that its own title names: the metric's, which names none."""
        return self.title and self.metric.title

    @property
    def words(self) -> Words:
        """Its title."""
        return self.title or self.metric.title

    def draw(self, asked: Asked) -> dict[str, Any]:
        """What its template shows."""
        drawn: dict[str, Any] = charts()[self.chart](self, asked)
        return drawn


@dataclass(frozen=True)
class Board:
    """A page of tiles: ``title``, one quiet line, an icon, the letter behind ``g`` and its place in the side bar. ``home_for``: the
    roles whose first page it is. ``days``: whether all its tiles are about days that can be chosen."""

    title: Words
    lead: Words
    tiles: tuple[Tile, ...]
    icon: str = "layout-dashboard"
    key: str = ""
    rank: int = 50
    tab: bool = False
    home_for: tuple[str, ...] = ()
    days: bool = False

    @property
    def small(self) -> tuple[Tile, ...]:
        """The tiles of the row at the top."""
        return tuple(tile for tile in self.tiles if not tile.span)

    @property
    def large(self) -> tuple[Tile, ...]:
        """The cards below it."""
        return tuple(tile for tile in self.tiles if tile.span)


Draw = Callable[[Tile, Asked], dict[str, Any]]


@cache
def charts() -> dict[str, Draw]:
    """Every way to draw, by the name of its file."""
    return {name: import_module(f"ordertrail.boards.charts.{name}").draw for name in _files("charts")}


@cache
def boards() -> dict[str, Board]:
    """Every board by its name, which is that of its file and of its address, in the order of the side bar."""
    found = {name: import_module(f"ordertrail.boards.boards.{name}").BOARD for name in _files("boards")}
    return dict(sorted(found.items(), key=lambda item: item[1].rank))


def _files(folder: str) -> list[str]:
    here = Path(__file__).parent / folder
    return sorted(path.stem for path in here.glob("*.py") if path.stem != "__init__")
