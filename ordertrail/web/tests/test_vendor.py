"""What others wrote is what we say it is, and no more of it than pages use."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from ordertrail.web import icons

WEB = Path(__file__).resolve().parent.parent
PACKAGE = WEB.parent
FOLDERS = (WEB / "static" / "web" / "vendor", WEB / "tests" / "vendor")
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
INLINE = re.compile(
    r"\sstyle=|<style|javascript:|\son(?:click|change|input|submit|load|error|key\w+|mouse\w+|focus|blur)="
)
PERMISSIVE = {"MIT", "0BSD", "Apache-2.0", "OFL-1.1", "BSD-3-Clause"}


def entries(folder: Path) -> list[dict[str, str]]:
    return list(json.loads((folder / "vendor.json").read_text("utf-8")))


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_each_file_has_the_checksum_that_is_written_down(folder: Path) -> None:
    told = {entry["file"]: entry["sha256"] for entry in entries(folder)}
    real = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix not in {".txt", ".json"}
    }
    assert real == told


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_each_part_names_its_version_and_comes_with_its_licence(folder: Path) -> None:
    for entry in entries(folder):
        assert entry["version"] in entry["file"]
        assert (folder / f"{entry['key']}.LICENCE.txt").stat().st_size > 200


def test_licences_of_what_pages_load_are_permissive() -> None:
    assert {entry["licence"] for entry in entries(FOLDERS[0])} <= PERMISSIVE


def test_pages_load_at_most_two_megabytes_of_others() -> None:
    assert sum(path.stat().st_size for path in FOLDERS[0].iterdir()) < 2_200_000


def test_the_sprite_holds_the_icons_that_are_listed_and_no_others() -> None:
    lines = (WEB / "icons.txt").read_text("utf-8").splitlines()
    assert icons.names() == {line.strip() for line in lines if line.strip() and not line.startswith("#")}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_templates_name_icons_that_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    named = re.findall(r"{% icon \"([^\"]+)\"", text) + re.findall(r"\bicon=\"([^\"]+)\"", text)
    assert [name for name in named if name not in icons.names()] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_templates_hold_no_script_and_no_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert (
        re.findall(
            r"\sstyle=|<style|\son(?:click|change|input|submit|load|error|key\w+|mouse\w+|focus|blur)=|javascript:",
            text,
        )
        == []
    )
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL)
    assert [body for attributes, body in scripts if "application/json" not in attributes and body.strip()] == []


def test_an_icon_that_is_missing_does_not_break_a_page() -> None:
    assert icons.known("no-such-icon") == "question-mark"
