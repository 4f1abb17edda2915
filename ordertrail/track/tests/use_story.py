"""Runs the stories of docs/use: what they tell is done in a real Chromium, and every word in bold must stand on the page.

A story is Markdown with numbered steps. What a step does stands behind it in a comment that readers do not see, an action a
line: ``as chen``, ``go /orders/``, ``click <selector>``, ``fill <selector> = text``, ``file <selector> = name``, ``key Control+k``,
``type text``, ``happen <what>`` (something outside, by a function of the test). A word in **bold** is on the page before the step
or after it, in the language of the story (``x.md`` English, ``x.zh.md`` 简体).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "use"
STEP = re.compile(r"^\d+\. (.*?)(?=^\d+\. |^#|\Z)", re.MULTILINE | re.DOTALL)
DOES = re.compile(r"<!--(.*?)-->", re.DOTALL)
BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step: what it does, and the words that must be seen."""

    does: tuple[str, ...]
    words: tuple[str, ...]


def steps(name: str) -> Iterator[Step]:
    """The steps of a story in docs/use."""
    for told in STEP.findall((FOLDER / name).read_text("utf-8")):
        does = [line.strip() for block in DOES.findall(told) for line in block.splitlines()]
        yield Step(tuple(filter(None, does)), tuple(BOLD.findall(DOES.sub("", told))))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who does what a story says, on ``page`` of the product at ``live``."""

    page: Page
    live: str
    sign_in: Callable[[str], None]
    happens: Mapping[str, Callable[[], None]]
    files: Mapping[str, Any]

    def follow(self, name: str) -> int:
        """Do every step; how many there were. Fails where words are not on the page."""
        done = 0
        for done, step in enumerate(steps(name), 1):  # noqa: B007
            missing = [words for words in step.words if not self._seen(words)]
            for action in step.does:
                self._do(action)
            for words in missing:
                self.page.get_by_text(words).locator("visible=true").first.wait_for()
        return done

    def _seen(self, words: str) -> bool:
        return self.page.get_by_text(words).locator("visible=true").count() > 0

    def _do(self, action: str) -> None:
        verb, _blank, rest = action.partition(" ")
        where, _sign, what = rest.partition(" = ")
        page = self.page
        does: dict[str, Callable[[], object]] = {
            "as": lambda: self.sign_in(rest),
            "go": lambda: page.goto(self.live + rest),
            "click": lambda: page.locator(rest).locator("visible=true").first.click(),
            "fill": lambda: page.locator(where).fill(what),
            "file": lambda: page.locator(where).set_input_files([self.files[what]]),
            "key": lambda: page.keyboard.press(rest),
            "type": lambda: page.keyboard.type(rest, delay=20),
            "happen": lambda: (self.happens[rest](), page.reload()),
        }
        does[verb]()
