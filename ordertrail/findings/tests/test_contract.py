"""Every check in the folder keeps its promises: a name, words in three languages, a role, a docstring for clerks, a story."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from ordertrail.findings import checks
from ordertrail.findings.check import Check
from ordertrail.findings.checks import all_checks
from ordertrail.findings.claims import FACTS
from ordertrail.parties.people import Role

FOLDER = Path(checks.__file__).parent
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
LANGUAGES = ("en", "zh-hans", "zh-hant")
HAN = re.compile(r"[\u4e00-\u9fff]")


def stories() -> set[str]:
    """The names of all tests of this room."""
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        found |= {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
    return found


def test_the_folder_is_the_registry() -> None:
    assert list(all_checks()) == FILES
    assert len(FILES) >= 13


@pytest.mark.parametrize("name", FILES)
def test_a_check_is_declared_whole(name: str) -> None:
    check = all_checks()[name]
    assert check.name == name
    assert len(name) <= 40
    assert check.kind in ("exception", "risk")
    assert check.role in {"sales", "store", "finance", "production"} <= set(Role.values)
    assert check.fact in ("", *FACTS)
    assert any(check.looks_at(what) for what in ("order", "paper", "payment"))
    assert not check.by_clock or check.suspect
    for remedy in check.remedies:
        assert remedy.opens in ("", *check.example)
        assert bool(remedy.opens) != bool(remedy.role), "a remedy opens a document or hands the finding to a role"
        assert remedy.role in ("", *Role.values)
    assert len({remedy.code for remedy in check.remedies}) == len(check.remedies)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_its_words_are_there_in_three_languages(name: str, language: str) -> None:
    check = all_checks()[name]
    with translation.override(language):
        words = [check.title(check.example), check.next_step(check.example), str(check.label)]
        words += [str(remedy.label) for remedy in check.remedies]
    with translation.override("en"):
        english = [check.title(check.example), check.next_step(check.example), str(check.label)]
    for text in words:
        assert text
        assert "%(" not in text
        if language != "en":
            assert HAN.search(text), text
    if language != "en":
        assert not set(words) & set(english)


@pytest.mark.parametrize("name", FILES)
def test_a_clerk_can_read_what_it_is(name: str) -> None:
    check = all_checks()[name]
    words = (type(check).__doc__ or "").strip()
    assert words != Check.__doc__
    assert "closes when" in words, "it says how it goes away"
    assert "Money:" in words, "it says what its amount is"
    assert len(words) < 600
    assert not re.search(r"[a-z]_[a-z]|``|\(\)", words), "words of the trade, none of the code"
    assert type(check).__module__.endswith(f"checks.{name}")


@pytest.mark.parametrize("name", FILES)
def test_its_story_is_told(name: str) -> None:
    assert any(story.startswith(f"test_{name}") for story in stories()), f"a test whose name begins with test_{name}"


@pytest.mark.parametrize("name", FILES)
def test_it_does_not_read_findings_and_asks_no_database(name: str) -> None:
    source = (FOLDER / f"{name}.py").read_text("utf-8")
    assert "findings.models" not in source
    assert ".objects" not in source
    assert len(source.splitlines()) <= 130
