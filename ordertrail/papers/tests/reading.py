"""A PDF as somebody reads it: its text page by page, its sheets in mm, its fonts."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from ordertrail.till.tests.sending import Sender

MM = 25.4 / 72


class Read:
    """What came for an address, which must be a PDF."""

    def __init__(self, who: Sender, address: str) -> None:
        self.answer: Any = who.client.get(address)
        assert self.answer.status_code == 200, (address, self.answer.status_code)
        assert self.answer["Content-Type"] == "application/pdf"
        self.reader = PdfReader(BytesIO(self.answer.content))

    @property
    def pages(self) -> list[str]:
        """The text of each page, a line a line."""
        return [
            "\n".join(" ".join(line.split()) for line in page.extract_text().splitlines()) for page in self.reader.pages
        ]

    @property
    def sizes(self) -> set[tuple[float, float]]:
        """Width and height of the sheets."""
        boxes = [page.mediabox for page in self.reader.pages]
        return {(round(float(box.width) * MM, 1), round(float(box.height) * MM, 1)) for box in boxes}

    @property
    def embedded(self) -> bool:
        """Whether each font that shows a sign lies in the file and says which sign each of its glyphs is."""
        fonts = [font.get_object() for page in self.reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
        used = [
            font for font in fonts if font["/BaseFont"] != "/Helvetica"
        ]  # what reportlab names in each file and never uses
        return bool(used) and all(
            "/ToUnicode" in font and "/FontFile2" in font["/FontDescriptor"].get_object() for font in used
        )
