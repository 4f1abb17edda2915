"""axe-core on a page of the tests' browser: which rules of WCAG 2.2 AA (and good practice) it breaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
RUN = """axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']}).then((all) =>
    all.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}`)))"""
LOOKS = [
    ("zh-hans", "light", 390),
    ("en", "dark", 1440),
    *[
        pytest.param(*look, marks=pytest.mark.full("pages"))
        for look in (("zh-hans", "dark", 390), ("zh-hant", "light", 1440))
    ],
]
"""Language, theme and width that each kind of page is looked at in; ``--full`` looks at all four."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page) -> list[str]:
    """Each breach as "rule: where"; empty when there is none."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": SOURCE.read_text("utf-8") + ";0"})
    found = page.evaluate(RUN)
    session.detach()
    return list(found)


def wider_than_window(page: Page) -> int:
    """How many pixels the page scrolls sideways; a page never does."""
    return int(page.evaluate(WIDER))
