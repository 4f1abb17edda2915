"""From what a body names to the rows that are meant, many at once by a few queries (api.md §1: unknown in the body is 422)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ordertrail.api.beside import ask
from ordertrail.api.problems import Problem, ambiguous
from ordertrail.lib import bulk
from ordertrail.lib.numbers import number_key
from ordertrail.records.models import Number, SourceDocument


def named(kind: str, names: Iterable[tuple[str, str]], person: object) -> dict[str, int]:
    """The ids of the rows of ``kind`` that these names (ids or numbers, each with the path of its field) mean, of those that ``person``
    may see. An id goes before a number, the exact spelling before a like one.

    Problem 422 with each path where nothing is meant, 409 where several documents carry a number.
    """
    paths: dict[str, str] = {}
    for name, path in names:
        paths.setdefault(name, path)
    by_id = _by_id(kind, paths)
    by_number = _by_number(kind, paths)
    every = {pk for found in (*by_id.values(), *by_number.values()) for pk in found}
    seen = ask().seen(kind, every, person) if every else set()
    found: dict[str, int] = {}
    errors = []
    for name, path in paths.items():
        fits = by_id.get(name, set()) & seen or by_number.get(name, set()) & seen
        if len(fits) > 1:
            raise ambiguous(name, [str(pk) for pk in sorted(fits)])
        if fits:
            found[name] = next(iter(fits))
        else:
            sentence = _("There is no %(kind)s %(name)s that you may see. Look for it in the list of its kind.")
            detail = sentence % {"kind": kind, "name": name[:100]}
            errors.append({"path": path, "code": f"unknown_{kind}", "detail": detail})
    if errors:
        raise Problem(422, errors[0]["code"], errors[0]["detail"], errors)
    return found


def one_named(kind: str, name: str, path: str, person: object) -> int:
    """The one row that a field of the body means. Problem 422 or 409 as ``named`` has it."""
    return named(kind, [(name, path)], person)[name]


def _by_id(kind: str, names: Iterable[str]) -> dict[str, set[int]]:
    figures = {name: int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19}
    if not figures:
        return {}
    groups = dict(
        bulk.select(
            f'SELECT id, "group" FROM {bulk.table(SourceDocument)} WHERE id IN {bulk.among()} AND kind = %s',
            [bulk.bound(figures.values()), kind],
        )
    )
    return {name: {groups[pk]} for name, pk in figures.items() if pk in groups}


def _by_number(kind: str, names: Iterable[str]) -> dict[str, set[int]]:
    keys = {name: key for name in names if (key := number_key(name)[:100])}
    carriers: dict[str, list[tuple[int, str, bool]]] = {}
    for key, group, number, gone_at in bulk.select(
        f'SELECT n.key, d."group", d.number, d.gone_at FROM {bulk.table(Number)} n'
        f" JOIN {bulk.table(SourceDocument)} d ON d.id = n.document_id"
        f" WHERE n.kind = %s AND NOT n.search_only AND n.key IN {bulk.among('text')}",
        [kind, bulk.bound(set(keys.values()))],
    ):
        carriers.setdefault(key, []).append((group, number, gone_at is None))
    found = {}
    for name, key in keys.items():
        told = carriers.get(key, [])
        for exact in (True, False):
            for alive in (True, False):
                fits = {group for group, number, there in told if (number == name) >= exact and there >= alive}
                if fits and name not in found:
                    found[name] = fits
    return found
