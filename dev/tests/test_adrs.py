"""The choices of docs/adr: each stands in the index under its number and title, and is short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"
INDEX = (FOLDER / "README.md").read_text("utf-8")
CHOICES = sorted(path for path in FOLDER.glob("[0-9]*.md"))


@pytest.mark.parametrize("path", CHOICES, ids=[path.stem for path in CHOICES])
def test_a_choice_stands_in_the_index(path: Path) -> None:
    number, title = re.match(r"# 0*(\d+)\. (.+)\n", path.read_text("utf-8")).groups()  # type: ignore[union-attr]
    assert number == path.name[:4].lstrip("0")
    assert f"| [{number}]({path.name}) | {title} |" in INDEX


def test_numbers_that_are_missing_are_said_not_to_be_used_again() -> None:
    numbers = {int(path.name[:4]) for path in CHOICES}
    assert not numbers & {5, 7, 8, 9, 11}
    assert "never used again: 5, 7, 8, 9 and 11 stand for none." in INDEX
