"""The hub's tables, read from their files: one SELECT and one table a file, what it is and follows in its first lines.

    -- Order lines, as the store has them. Grain: order line.
    -- Key: id. Follows: order by order_id.

``Key`` names the column that is unique. ``Follows`` says which rows may have changed: in ``base``, those of changed documents (kind
and column); in ``dim`` and ``fact``, those whose key is among the touched keys of one base table, which is what the placeholder in
``… IN {changed}`` stands for (made wholly, that condition is always true). "everything" stands for a small table that is made
again as a whole, "nothing" for one that never changes. Knows no Django and no DuckDB.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SQL = Path(__file__).parent / "sql"
LAYERS = ("base", "dim", "fact")

_HEAD = re.compile(r"-- (?P<grain>[^\n]*Grain: [^\n]*\.)\n-- Key: (?P<key>\w+)\. Follows: (?P<follows>[^\n]*)\.\n")
_COLUMN = re.compile(r"(?P<name>\w+),? *-- (?P<type>bigint|integer|text|date|instant|boolean)\b")
_CHANGED = re.compile(r"[\w.]+ IN \{changed\}")
_NARROWED = re.compile(r"(\w+)\.(\w+) IN \{changed\}")
TYPES = {
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "text": "VARCHAR",
    "date": "DATE",
    "instant": "BIGINT",
    "boolean": "BOOLEAN",
}
"""What a column of a base file may be, and as what the hub keeps it. An instant is microseconds since 1970 in UTC."""


@dataclass(frozen=True)
class Follow:
    """Which rows may have changed: those of documents of the kind ``what``, named by ``column``; or the base table ``what``."""

    what: str
    column: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its SELECT, what it is, its key, and what it follows."""

    name: str
    layer: str
    grain: str
    key: str
    follows: tuple[Follow, ...]
    whole: bool
    sql: str

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Name and type of each column, as a base file declares them behind each."""
        return [(found["name"], found["type"]) for found in _COLUMN.finditer(self.sql)]

    def rows(self, touched: str = "", prefix: str = "") -> str:
        """The SELECT for the keys in the table ``touched``; without one, for all. ``prefix``: of the tables with those rows of base
        tables that follow the same changes, as they are now; where they hold all that is asked for, they are read instead."""
        if not touched:
            return _CHANGED.sub("TRUE", self.sql)
        sql = self._of_fetched(prefix) if prefix else self.sql
        return sql.replace("{changed}", f"(SELECT id FROM {touched})")

    def _of_fetched(self, prefix: str) -> str:
        """The SELECT on fetched rows: those of the followed table itself by its key, and those that follow the kind of document
        whose ids that key is, by the same column."""
        base = {table.name: table for table in tables("base")}
        followed = base.get(self.follows[0].what)
        if followed is None:
            return self.sql
        ways = {follow.what for follow in followed.follows if followed.follows == (Follow(follow.what, followed.key),)}
        sql = self.sql
        for alias, column in _NARROWED.findall(self.sql):
            for name, table in base.items():
                itself = table is followed and column == followed.key
                if itself or any(Follow(kind, column) in table.follows for kind in ways):
                    sql = re.sub(rf"\b{name} AS {alias}\b", f"{prefix}{name} AS {alias}", sql)
        return sql


def parsed(path: Path) -> Table:
    """The table that a file declares; ValueError where its first lines do not say what they must."""
    text = path.read_text("utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"{path.name} must begin with two lines: '-- … Grain: ….' and '-- Key: …. Follows: ….'")
    layer, told = path.parent.name, head["follows"]
    pairs = [part.split(" by ") for part in told.split(", ")] if told not in ("everything", "nothing") else []
    if any(len(pair) != (2 if layer == "base" else 1) for pair in pairs):
        raise ValueError(f"{path.name}: 'Follows: {told}.' is not understood")
    follows = tuple(Follow(*pair) for pair in pairs)
    if bool(_CHANGED.search(text)) != (layer != "base" and bool(follows)):
        raise ValueError(f"{path.name}: 'Follows' and '… IN {{changed}}' belong together, in dim and fact")
    return Table(path.stem, layer, head["grain"], head["key"], follows, told == "everything", text[head.end() :])


@cache
def tables(layer: str = "") -> tuple[Table, ...]:
    """The tables of a layer by name, or of all layers in the order in which they are made. The folder's listing is the registry."""
    layers = (layer,) if layer else LAYERS
    return tuple(parsed(path) for name in layers for path in sorted((SQL / name).glob("*.sql")))


def spec(*layers: str) -> str:
    """A fingerprint of the texts of these layers: files that were made from other texts are made again."""
    found = hashlib.sha256()
    for table in (table for layer in layers for table in tables(layer)):
        found.update(f"{table.name}\n{table.key}\n{table.follows}\n{table.sql}\n".encode())
    return found.hexdigest()[:16]
