"""Each bad file and each odd source of the project's list (reliability.md §8, A and F) has a test that bears its number."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOMS = Path(__file__).resolve().parents[2]
FILES = [f"F{number:02}" for number in range(1, 53)]
SOURCES = [f"Y{number:02}" for number in range(1, 26)]


@cache
def named() -> frozenset[str]:
    """Every number that stands in the name of a test or of a case of one."""
    found: set[str] = set()
    for path in ROOMS.glob("*/tests/test_*.py"):
        if path != Path(__file__).resolve():
            text = path.read_text("utf-8")
            tests = re.findall(r"def test_\w+", text)
            cases = re.findall(r'(?:^|[\[( ])"[FY]\d\d[ ,][^"\n]*"', text, re.MULTILINE)
            found |= {
                number.upper()
                for words in (*tests, *cases)
                for number in re.findall(r"(?<![a-zA-Z0-9])[fyFY]\d\d", words.replace("_", " "))
            }
    return frozenset(found)


@pytest.mark.parametrize("number", [*FILES, *SOURCES])
def test_it_has_a_test(number: str) -> None:
    assert number in named()
