"""A paper drawn as PDF: A4 or continuous paper, black on white, its font embedded so that it reads and copies alike on any machine.

Each page has the same head, with its number and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ordertrail.papers.breaking import Run, Strip, pages
from ordertrail.papers.sheet import Block, Column, Paper, Row, Size
from ordertrail.papers.wrap import wrapped

FONT = "WenQuanYi Micro Hei"
FONT_FILE = Path(__file__).parent / "font" / "wqy-microhei.ttc"
GAP = 1.5
"""What stays free at the right of a column, in mm."""
SIGNING = 13.0
"""The height in which people sign, in mm."""
BOX = "□"
"""What stands for a sign that the font does not have."""
POINT = 1 / mm
"""A point in mm."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: a cell for each column, or one text over all of them; ``above`` and ``below``: lines drawn there."""

    cells: tuple[str, ...]
    columns: tuple[Column, ...] = ()
    above: bool = False
    below: bool = False


Lines = tuple[Line, ...]


@cache
def _signs() -> frozenset[int]:
    """The signs that the font has; it is read and made known once a process (0.1 s)."""
    made = TTFont(FONT, str(FONT_FILE), subfontIndex=0)
    pdfmetrics.registerFont(made)
    return frozenset(made.face.charToGlyph)


def shown(text: str) -> str:
    """``text`` as the font can show it: a sign that it does not have is an empty box, so that its absence is seen."""
    known = _signs()
    return "".join(sign if ord(sign) in known else BOX for sign in text)


def drawn(paper: Paper, size: Size) -> bytes:
    """The file of a paper, in the language that is active."""
    return _Sheet(paper, size).file()


class _Sheet:
    """A paper while it is drawn; heights and widths are in mm, y from the top."""

    def __init__(self, paper: Paper, size: Size) -> None:
        self.paper, self.size = paper, size
        self.facts = list(self._facts())
        top = max(size.code, size.heading * POINT * 2.6)
        self.facts_at = size.above + top + 1
        self.body_at = self.facts_at + size.leading * (len(self.facts) + 0.6)
        self.tail = SIGNING if paper.signatures else 0.0
        self.room = size.height - size.above - self.body_at

    def file(self) -> bytes:
        """Every page, drawn."""
        out = BytesIO()
        sides = (self.size.width * mm, self.size.height * mm)
        self.canvas = Canvas(out, pagesize=sides, pageCompression=1, lang=self.paper.language)
        self.canvas.setTitle(self.paper.title)
        self.canvas.setAuthor(self.paper.company)
        runs = [*map(self._run, self.paper.blocks), *self._remarks()]
        found = pages(runs, self.room, self.tail)
        for number, page in enumerate(found, 1):
            self.canvas.setLineWidth(0.2 * mm)
            self._head(number, len(found))
            y = self.body_at
            for strip in page:
                self._lines(strip.what, y)
                y += strip.height
            if number == len(found):
                self._signatures()
            self.canvas.showPage()
        self.canvas.save()
        return out.getvalue()

    # --- measuring

    def _wide(self, text: str) -> float:
        return float(pdfmetrics.stringWidth(shown(text), FONT, self.size.letter)) * POINT

    def _facts(self) -> Iterator[tuple[str, str]]:
        """The facts as lines of two halves; one that is wider than its half has lines of its own."""
        sign = ": " if self.paper.language == "en" else "："
        first = ""
        for word, value in self.paper.facts:
            text = f"{word}{sign}{' '.join(value.split())}"
            if self._wide(text) > self.size.inner / 2 - GAP:
                if first:
                    yield first, ""
                yield from ((line, "") for line in wrapped(text, self.size.inner, self._wide))
                first = ""
            elif first:
                yield first, text
                first = ""
            else:
                first = text
        if first:
            yield first, ""

    def _run(self, block: Block) -> Run[Lines]:
        lead = self.size.leading
        title: list[Strip[Lines]] = []
        if block.title:
            gap = [Line(("",))] if block.together else []
            title.append(Strip((*gap, Line((block.title,))), lead * (len(gap) + 1.2)))
        head = self._cells(block.columns, tuple(column.head for column in block.columns))
        lines = [Line(texts, block.columns, place == 0, place == len(head) - 1) for place, texts in enumerate(head)]
        heads: Strip[Lines] = Strip(tuple(lines), (len(head) + 0.15) * lead)
        rows = [strip for row in block.rows for strip in self._row(block.columns, row)]
        return Run((*title, heads), tuple(rows), block.together)

    def _row(self, columns: tuple[Column, ...], row: Row) -> list[Strip[Lines]]:
        """A row as one strip; one that would take more than half a page line by line."""
        texts = self._cells(columns, row.cells)
        lines = [Line(cells, columns, above=place == 0 and row.strong) for place, cells in enumerate(texts)]
        lead = self.size.leading
        if len(lines) * lead > self.room / 2:
            return [Strip((line,), lead) for line in lines]
        return [Strip(tuple(lines), (len(lines) + 0.15) * lead)]

    def _cells(self, columns: tuple[Column, ...], texts: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The lines of a row's texts, each as wide as its column."""
        cells = [
            wrapped(text, width - GAP, self._wide) for text, width in zip(texts, self._widths(columns), strict=True)
        ]
        many = max(map(len, cells))
        return list(zip(*(cell + [""] * (many - len(cell)) for cell in cells), strict=True))

    def _widths(self, columns: tuple[Column, ...]) -> list[float]:
        whole = sum(column.part for column in columns)
        return [self.size.inner * column.part / whole for column in columns]

    def _remarks(self) -> Iterator[Run[Lines]]:
        strips: list[Strip[Lines]] = [
            Strip((Line((line,)),), self.size.leading)
            for remark in self.paper.remarks
            for line in wrapped(remark, self.size.inner, self._wide)
        ]
        if strips:
            yield Run((), tuple(strips))

    # --- drawing

    def _text(self, text: str, x: float, y: float, *, letter: float = 0, to: str = "left") -> None:
        """``text`` with its base line at ``y``, from ``x`` on, up to it or around it; nothing for an empty one."""
        if not text:
            return
        told = shown(text)
        self.canvas.setFont(FONT, letter or self.size.letter)
        draw = {"left": self.canvas.drawString, "right": self.canvas.drawRightString}
        draw.get(to, self.canvas.drawCentredString)(x * mm, (self.size.height - y) * mm, told)

    def _rule(self, y: float, x: float, width: float) -> None:
        height = (self.size.height - y) * mm
        self.canvas.line(x * mm, height, (x + width) * mm, height)

    def _head(self, number: int, of: int) -> None:
        """Company, title and facts; the square at the top right stays free for a code."""
        size = self.size
        middle, step = size.width / 2, size.heading * POINT
        self._text(self.paper.company, middle, size.above + step, letter=size.heading * 0.85, to="middle")
        self._text(self.paper.title, middle, size.above + step * 2.3, letter=size.heading, to="middle")
        y = self.facts_at
        for left, right in self.facts:
            y += size.leading
            self._text(left, size.beside, y - size.leading * 0.3)
            self._text(right, middle, y - size.leading * 0.3)
        told = _("Page %(number)s of %(count)s") % {"number": number, "count": of}
        self._text(told, size.beside, size.above + step)

    def _lines(self, lines: Lines, y: float) -> None:
        """Cell by cell, so that a text of several lines is copied in one piece."""
        size = self.size
        bases = [y + size.leading * (place + 0.75) for place in range(len(lines))]
        for line, base in zip(lines, bases, strict=True):
            if line.above:
                self._rule(base - size.leading * 0.75, size.beside, size.inner)
            if line.below:
                self._rule(base + size.leading * 0.33, size.beside, size.inner)
            if not line.columns:
                self._text(line.cells[0], size.beside, base)
        x = size.beside
        columns = lines[-1].columns
        for place, (column, width) in enumerate(zip(columns, self._widths(columns), strict=True)):
            for line, base in zip(lines, bases, strict=True):
                if column.figures:
                    self._text(line.cells[place], x + width - GAP, base, to="right")
                else:
                    self._text(line.cells[place], x, base)
            x += width

    def _signatures(self) -> None:
        """The places to sign, at the foot of the last page."""
        size, words = self.size, self.paper.signatures
        y = size.height - size.above - 2
        for place, word in enumerate(words):
            x = size.beside + size.inner * place / len(words)
            self._text(word, x, y)
            begins = self._wide(word) + GAP
            self._rule(y + 0.8, x + begins, size.inner / len(words) - begins - 4)
