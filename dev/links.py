"""Whether the documents' links lead somewhere: every relative link in a committed Markdown file, with its ``#heading``.

    python -m dev.links          prints what is broken; exit code 1 when something is

Links to the web are not followed: a push must not fail because somebody else's page is down.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"(?m)^#{1,6}\s+(.+?)\s*#*$")
OUTSIDE = ("http://", "https://", "mailto:")


def documents() -> list[Path]:
    """The Markdown files of the project."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("ordertrail/**/*.md")])


def broken(document: Path) -> Iterator[str]:
    """A sentence for each link in ``document`` that leads nowhere."""
    for link in LINK.findall(CODE.sub("", document.read_text("utf-8"))):
        if link.startswith(OUTSIDE):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists():
            yield f"{document.relative_to(ROOT)}: {link}: there is no such file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{document.relative_to(ROOT)}: {link}: there is no such heading"


def anchors(document: Path) -> set[str]:
    """The names that the headings of ``document`` can be linked by."""
    text = CODE.sub(lambda code: code[0] if "\n" not in code[0] else "", document.read_text("utf-8"))
    return {anchor(heading) for heading in HEADING.findall(text)}


def anchor(heading: str) -> str:
    """The name of a heading in a link, as code hosts make it.

    >>> anchor("How it is built, and why"), anchor("看板 Boards")
    ('how-it-is-built-and-why', '看板-boards')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main() -> int:
    """Print the broken links of all documents; 1 when there are any."""
    wrong = [sentence for document in documents() for sentence in broken(document)]
    print("\n".join(wrong) or f"{len(documents())} documents, no broken link")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
