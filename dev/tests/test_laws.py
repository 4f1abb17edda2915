"""The page of laws names tests that exist, and leaves none of the store's own laws out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ordertrail.desk import laws

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "develop" / "laws.md").read_text("utf-8")
ROWS = [
    (law.strip(), by.strip())
    for law, by in re.findall(r"(?m)^\| (.+) \| (.+) \|$", PAGE)
    if law != "law" and not law.startswith("---")
]


PLAN = re.findall(r"(?m)^\| (T-\d\d) \| (.+) \| (.+) \|$", (ROOT / "docs" / "develop" / "tests.md").read_text("utf-8"))


def files_of(by: str) -> list[Path]:
    """The files that a cell names: paths, and modules by their dotted name."""
    words = [word.split()[0] for word in re.findall(r"`([^`]+)`", by)]
    modules = [ROOT / f"{word.replace('.', '/')}.py" for word in words if re.fullmatch(r"ordertrail(\.\w+)+", word)]
    return [ROOT / word for word in words if "/" in word or word.endswith(".toml")] + modules


def test_the_page_is_read() -> None:
    assert len(ROWS) > 40


@pytest.mark.parametrize(("law", "by"), ROWS, ids=[law[:60] for law, _ in ROWS])
def test_a_law_is_shown_by_what_exists(law: str, by: str) -> None:
    named = files_of(by)
    assert named, f"nothing shows that {law}"
    for path in named:
        assert path.is_file(), f"{path.relative_to(ROOT)} does not exist"
        if path.name.startswith("test_"):
            assert re.search(r"(?m)^def test_", path.read_text("utf-8")), f"{path.relative_to(ROOT)} tests nothing"


def test_every_law_of_verify_stands_on_the_page() -> None:
    (row,) = (law for law, _ in ROWS if law.startswith("`ordertrail verify`"))
    assert re.findall(r"`(\w+)`", row) == [law.__name__ for law in laws.LAWS]


def test_every_row_of_the_test_plan_stands_there_once() -> None:
    assert [row for row, _, _ in PLAN] == [f"T-{number:02}" for number in range(1, 63)]


@pytest.mark.parametrize(("row", "where"), [(row, where) for row, _, where in PLAN])
def test_a_row_of_the_test_plan_names_a_test_that_exists_an_issue_or_what_is_missing(row: str, where: str) -> None:
    named = files_of(where)
    assert [str(path.relative_to(ROOT)) for path in named if not path.is_file()] == []
    for path in named:
        assert re.search(r"(?m)^def test_", path.read_text("utf-8")), f"{path.relative_to(ROOT)} tests nothing"
    assert named or where.startswith(("later: ", "later by design", "missing")), row
    assert not where.startswith("partly: ") or "later: " in where or "missing" in where, (
        f"{row}: which part is not shown?"
    )
