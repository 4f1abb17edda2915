"""Reading what sources say: the members of a group with their current words, and which document a number means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.records import facts
from ordertrail.records.derive import reported_ref
from ordertrail.records.models import Number, SourceDocument, SourceVersion
from ordertrail.records.shapes import Record


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a group with what it says now; ``gone``: its source has it no more."""

    document: int
    source: int
    record: Record
    gone: bool = False


def members(
    groups: Iterable[int], at_hand: dict[int, Record] | None = None, alone: dict[int, int] | None = None
) -> dict[int, list[Member]]:
    """The members of each group with their current records.

    ``at_hand`` (document id → record) saves reading those again; ``alone`` (document id → source id) are new documents
    that are linked with nothing: they are not looked up at all.
    """
    found: dict[int, list[Member]] = defaultdict(list)
    at_hand, alone = at_hand or {}, alone or {}
    asked = []
    for group in groups:
        if group in alone:
            found[group].append(Member(group, alone[group], at_hand[group]))
        else:
            asked.append(group)
    if not asked:
        return found
    rows = bulk.select(
        f'SELECT id, source_id, kind, "group", current, gone_at FROM {bulk.table(SourceDocument)}'
        f' WHERE "group" IN {bulk.among()} ORDER BY id',
        [bulk.bound(asked)],
    )
    missing = [row[4] for row in rows if row[0] not in at_hand and row[4]]
    told = dict(
        bulk.select(
            f"SELECT id, facts FROM {bulk.table(SourceVersion)} WHERE id IN {bulk.among()}", [bulk.bound(missing)]
        )
        if missing
        else ()
    )
    for document, source, kind, group, current, gone_at in rows:
        record = at_hand.get(document) or (facts.load(kind, told[current]) if current in told else None)
        if record is not None:
            found[group].append(Member(document, source, record, gone_at is not None))
    return found


class Finder:
    """Which group a number or ref means, asked for many at once and remembered: first the source's own ref, then its own numbers,
    then any source's number; None where nothing or more than one thing fits."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._refs: dict[tuple[int, str], int] = {}
        self._keys: dict[str, set[tuple[int, int]]] = {}

    def learn(self, wanted: Iterable[tuple[int, str]]) -> None:
        """Look up (source id, text as the source wrote it) pairs that are not known yet, with two queries."""
        by_source: dict[int, set[str]] = defaultdict(set)
        keys = set()
        for source, text in set(wanted):
            if text:
                by_source[source].add(text)
                if (key := number_key(text)[:100]) not in self._keys:
                    keys.add(key)
        for source, texts in by_source.items():
            if not source:
                continue
            for ref, group in bulk.select(
                f'SELECT ref, "group" FROM {bulk.table(SourceDocument)}'
                f" WHERE source_id = %s AND kind = %s AND gone_at IS NULL AND ref IN {bulk.among('text')}",
                [source, self.kind, bulk.bound(texts)],
            ):
                self._refs[source, ref] = group
        if keys:
            self._keys.update((key, set()) for key in keys)
            for key, group, source, ref in bulk.select(
                f'SELECT n.key, d."group", d.source_id, d.ref FROM {bulk.table(Number)} n'
                f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
                f" WHERE n.kind = %s AND NOT n.search_only AND d.gone_at IS NULL AND n.key IN {bulk.among('text')}",
                [self.kind, bulk.bound(keys)],
            ):
                if not reported_ref(self.kind, ref):  # who writes the number of a bare figure's order means the order
                    self._keys[key].add((group, source))

    def find(self, source: int, text: str, *keys: str) -> int | None:
        """The group that ``text``, written by ``source``, means; ``keys`` are further keys to try (a customer's name)."""
        if (source, text) in self._refs:
            return self._refs[source, text]
        for key in (number_key(text)[:100], *keys):
            fits = self._keys.get(key, set())
            if len(fits) == 1:
                return next(iter(fits))[0]
            own = {group for group, by in fits if by == source}
            every = {group for group, _ in fits}
            for choice in (own, every):
                if len(choice) == 1:
                    return next(iter(choice))
        return None

    def knows(self, source: int, text: str) -> bool:
        """Whether ``text`` is a ref of ``source``'s own, which nobody else's number can mean better."""
        return (source, text) in self._refs

    def learn_keys(self, keys: Iterable[str]) -> None:
        """Look up keys that are no numbers (customers' names)."""
        self.learn((0, key) for key in keys)
