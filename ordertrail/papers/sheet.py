"""What a paper holds and what it is printed on: sizes in mm, texts as they are read. Nothing here draws (``papers.draw``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """A sheet: its sides and margins in mm, its letters in points, ``leading`` from line to line in mm. ``code``: the side of the
    square at the top right that is kept free for a code, in mm."""

    width: float
    height: float
    beside: float
    above: float
    letter: float
    heading: float
    leading: float
    code: float

    @property
    def inner(self) -> float:
        """The width between the margins, in mm."""
        return self.width - 2 * self.beside


SIZES = {
    "a4": Size(210, 297, beside=15, above=14, letter=9.5, heading=15, leading=4.8, code=22),
    "continuous": Size(241, 93.1, beside=16, above=5, letter=9, heading=12.5, leading=4.2, code=14),
}
"""A4, and a third of the continuous paper of needle printers: 241 mm wide with the perforated edges (12.7 mm a side, left free),
three of 93.1 mm are one of 279.4. Of several plies the printer makes the copies: each bears the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its part of the width, and whether figures stand in it (to the right)."""

    head: str
    part: float
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, one text a column; ``strong``: a line is drawn above it, as over a total."""

    cells: tuple[str, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A table with its title. Where it goes on over a page its head is repeated; ``together``: it does not break."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    together: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language: who hands it out, what it is, what stands at the head of each page, its tables, remarks below them,
    and the places where people sign."""

    company: str
    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    remarks: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    language: str = "en"
