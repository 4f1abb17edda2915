"""From the ``{n}`` of an address to the one document that is meant (api.md §1, naming a document)."""

from __future__ import annotations

from ordertrail.api.beside import ask
from ordertrail.api.problems import ambiguous, not_found
from ordertrail.lib.numbers import number_key
from ordertrail.lib.prepared import Prepared
from ordertrail.records.models import SourceDocument

BY_ID = "~"
"""Before a figure: an id and nothing else."""


def meant(kind: str, name: str, person: object) -> int:
    """The id of the row of ``kind`` that ``name`` means, of those that ``person`` may see.

    An id goes before a number: what an answer calls ``id`` always leads back to its document, also where another document bears
    that figure as its number. The id of a document that a link has taken away leads to the group's row. Problem 404 where there
    is none, 409 where several carry the number.
    """
    beside = ask()
    visible = beside.seen(kind, _by_id(kind, name), person)
    if not visible and not name.startswith(BY_ID) and number_key(name):
        visible = beside.seen(kind, beside.found(kind, name), person)
    if not visible:
        raise not_found(kind, name)
    if len(visible) > 1:
        raise ambiguous(name, [str(pk) for pk in sorted(visible)])
    return visible.pop()


def _by_id(kind: str, name: str) -> list[int]:
    figure = name.removeprefix(BY_ID)
    if not (figure.isascii() and figure.isdigit() and len(figure) < 19):
        return []
    return [document.group for document in _DOCUMENT(int(figure), kind)]


_DOCUMENT = Prepared(lambda pk, kind: SourceDocument.objects.filter(pk=pk, kind=kind))
