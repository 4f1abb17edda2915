"""One real thing out of what several systems say of it: pure, so that the same words always give the same row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from ordertrail.records.queries import Member
from ordertrail.records.shapes import Record

Shape = TypeVar("Shape", bound=Record)

_OWN = {
    "ref", "number", "state", "lines", "allocations", "reported", "same_as", "other_numbers", "direction", "type", "credits",
}  # fmt: skip
"""Fields that are the home's alone: filling them from another system would mix two documents."""
_ALIKE = ("state", "direction", "type", "reported", "currency")
"""Fields in which the papers are equal that one system keeps of one thing."""


@dataclass(frozen=True, slots=True)
class Merged(Generic[Shape]):
    """The agreed record of a group: ``group`` is the domain row's id, ``home`` the source that may change it, and
    ``lines_from`` the source whose words the lines are (their order and line references are its own). ``names_from`` is the source
    in whose words the customer of an order, or the order of a work order, project or opportunity, is named."""

    group: int
    home: int
    record: Shape
    lines_from: int
    alone: bool = True
    names_from: int = 0


def merge(group: int, members: Sequence[Member], ranks: Mapping[int, int]) -> Merged[Any]:
    """The agreed record: the home's words; where it is silent, the next one's that is believed. Lines come whole from the first
    source that has any, from all its papers: two receipts of one transfer. A group that all its sources have lost is cancelled."""
    if len(members) == 1 and not members[0].gone:
        only = members[0].source
        return Merged(group, only, members[0].record, only, names_from=only)
    ordered = sorted(members, key=lambda m: (m.gone, ranks[m.source], m.source, m.record.ref))
    home = ordered[0]
    record: Any = home.record
    if len(ordered) > 1:
        record = _filled(record, [member.record for member in ordered[1:] if not member.gone])
        record = _summed(record, [part.record for part in _parts(home, ordered)])
    lines_from = home
    for name in ("lines", "allocations"):
        if hasattr(record, name):
            others = [m for m in ordered[1:] if not m.gone]
            asked = (home, *sorted(others, key=lambda m: getattr(m.record, "state", "") == "cancelled"))
            lines_from = next((m for m in asked if _whole(m, ordered, name)), home)
            record = replace(record, **{name: _whole(lines_from, ordered, name)})
    if home.gone and hasattr(record, "state"):
        record = replace(record, state="cancelled")
    pointer = "order" if hasattr(record, "order") else "customer"
    names_from = next((m for m in ordered if getattr(m.record, pointer, "") and (m is home or not m.gone)), home)
    return Merged(group, home.source, record, lines_from.source, len(ordered) == 1, names_from.source)


def _filled(record: Any, others: Sequence[Any]) -> Any:
    """``record`` with its empty fields taken from the first of ``others`` that has them."""
    missing = {}
    for name in (f.name for f in fields(record)):
        if name not in _OWN and getattr(record, name) in (None, ""):
            told = next((value for other in others if (value := getattr(other, name)) not in (None, "")), None)
            if told is not None:
                missing[name] = told
    return replace(record, **missing) if missing else record


def _parts(one: Member, ordered: Sequence[Member]) -> list[Member]:
    """The papers that the system of ``one`` keeps of the thing, ``one`` first. An order is one paper; and where no other system tells
    of the thing, several papers of one system are the same told twice: a person has joined what was typed twice."""
    elsewhere = any(m.source != one.source and not m.gone for m in ordered)
    if not (elsewhere and hasattr(one.record, "reported")):
        return [one]
    others = [m for m in ordered if m is not one and m.source == one.source and not m.gone]
    return [one, *(m for m in others if all(getattr(m.record, n, "") == getattr(one.record, n, "") for n in _ALIKE))]


def _whole(one: Member, ordered: Sequence[Member], name: str) -> tuple[Any, ...]:
    """The lines or allocations on all papers of the system of ``one``."""
    return tuple(line for part in _parts(one, ordered) for line in getattr(part.record, name))


def _summed(record: Any, parts: Sequence[Any]) -> Any:
    """``record`` with the amount of all its ``parts``, where they are several."""
    sums = {
        name: None if None in told else sum(told)
        for name in ("amount", "total")
        if len(parts) > 1 and hasattr(record, name) and (told := [getattr(part, name) for part in parts])
    }
    return replace(record, **sums) if sums else record
