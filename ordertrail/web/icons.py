"""The files of others that pages use: which there are, by what name, and which icons the sprite holds."""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "web" / "vendor"
FALLBACK = "question-mark"

log = logging.getLogger(__name__)


@cache
def _files() -> dict[str, str]:
    entries = json.loads((FOLDER / "vendor.json").read_text("utf-8"))
    return {entry["key"]: entry["file"] for entry in reversed(entries)}


def vendored(key: str) -> str:
    """The path below ``static/`` of a vendored file; KeyError for a key that vendor.json does not have.

    >>> vendored("htmx").startswith("web/vendor/htmx-2.")
    True
    """
    return f"web/vendor/{_files()[key]}"


def sprite() -> str:
    """The path below ``static/`` of the icons."""
    return vendored("icons")


@cache
def names() -> frozenset[str]:
    """The icons that the sprite holds."""
    text = (FOLDER / _files()["icons"]).read_text("utf-8")
    return frozenset(re.findall(r'id="i-([a-z0-9-]+)"', text))


def known(name: str) -> str:
    """``name``, or a question mark when the sprite lacks it: a page must not fall over an icon, the log says which.

    >>> known("search"), known("no-such-icon")
    ('search', 'question-mark')
    """
    if name in names():
        return name
    log.error("icon %r is not in web/icons.txt", name)
    return FALLBACK
