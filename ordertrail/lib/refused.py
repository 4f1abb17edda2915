"""Refusals: a rule said no, and says why and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """A refusal with a stable ``code`` and a sentence that names the document, the numbers and the way out.

    ``errors`` are the fields to blame, each ``{"path", "code", "detail"}`` as api.md §1 has them. Whoever raises it has
    changed nothing, or stands in a transaction that rolls back.
    """

    def __init__(self, code: str, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(dict(error) for error in errors)
