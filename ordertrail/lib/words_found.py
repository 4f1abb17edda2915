"""Which texts the product asks gettext for: read from its Python and its templates, without running either."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template.base import Lexer, TokenType

CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
QUOTED = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
INLINE = re.compile(rf"^trans(?:late)?\s+{QUOTED}")
CONSTANT = re.compile(rf"_\({QUOTED}\)")
BLOCK = re.compile(r"^blocktrans(?:late)?\b(.*)$", re.DOTALL)
END_BLOCK = re.compile(r"^endblocktrans(?:late)?$")


@dataclass(frozen=True)
class Used:
    """A text that is asked for, and where."""

    text: str
    place: str


def in_python(source: str, place: str) -> Iterator[Used]:
    """Every constant that a call of gettext gets.

    >>> [word.text for word in in_python('_("Ship " "now"); print("no"); gettext_lazy("Late")', "x.py")]
    ['Ship now', 'Late']
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        argument = node.args[0]
        if name in CALLS and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield Used(argument.value, f"{place}:{node.lineno}")


def in_template(source: str, place: str) -> Iterator[Used]:
    """Every text that a template translates; values in a block become ``%(name)s`` as Django asks for them.

    >>> page = '{% translate "Orders" %}{% blocktranslate %}{{ n }} of 9 %{% endblocktranslate %}{{ x|default:_("none") }}'
    >>> [word.text for word in in_template(page, "x.html")]
    ['Orders', '%(n)s of 9 %%', 'none']
    """
    block: list[str] | None = None
    trimmed = False
    for token in Lexer(source).tokenize():
        here = f"{place}:{token.lineno}"
        opened = BLOCK.match(token.contents) if token.token_type == TokenType.BLOCK else None
        if opened:
            block, trimmed = [], "trimmed" in opened[1].split()
        elif block is not None and token.token_type == TokenType.BLOCK and END_BLOCK.match(token.contents):
            text = "".join(block)
            block = None
            yield Used(" ".join(part.strip() for part in text.strip().splitlines()) if trimmed else text, here)
        elif block is not None:
            is_value = token.token_type == TokenType.VAR
            block.append(f"%({token.contents})s" if is_value else token.contents.replace("%", "%%"))
        elif token.token_type in (TokenType.BLOCK, TokenType.VAR):
            yield from _in_tag(token.contents, here)


def _in_tag(contents: str, place: str) -> Iterator[Used]:
    inline = INLINE.match(contents)
    for found in ([inline[1]] if inline else []) + CONSTANT.findall(contents):
        yield Used(ast.literal_eval(found).replace("%", "%%"), place)


def used_words(package: Path) -> list[Used]:
    """Every text that ``package`` asks for, once each, with the first place; its tests are left out."""
    found: dict[str, Used] = {}
    for path in sorted(package.rglob("*")):
        place = str(path.relative_to(package.parent))
        if "/tests/" in place or path.suffix not in (".py", ".html", ".txt"):
            continue
        if path.suffix != ".py" and "/templates/" not in place:
            continue
        read = in_python if path.suffix == ".py" else in_template
        for word in read(path.read_text("utf-8"), place):
            found.setdefault(word.text, word)
    return list(found.values())
