"""What every check is: a name, the words that a clerk reads, and a pure look at one order, payment, shipment or invoice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import Promise

from ordertrail.findings.phrases import Facts
from ordertrail.findings.view import OrderView, PaperView, PaymentView
from ordertrail.records.models import Source


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a check has seen now. ``key`` tells several on one object apart; ``money`` is gross in ``currency``;
    ``since`` is when the evidence began, by its documents (``findings.began``); ``role`` where it is not the check's."""

    object_kind: str
    object: int
    since: datetime
    facts: dict[str, Any]
    order: int | None = None
    key: str = ""
    money: Decimal | None = None
    currency: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do about a finding, as a button. ``opens``: the fact that holds the id of the document to look at; else the
    finding is handed to somebody with ``role``."""

    code: str
    label: Promise
    opens: str = ""
    role: str = ""


class Check:
    """A rule that sees what is wrong. Subclasses declare the words and write one of the ``per_…`` functions; each gives one
    candidate for everything that is wrong now, and nothing for what is right: what is seen no more is closed by itself.

    ``kind``: "exception" (wrong now) or "risk" (will be). ``role``: whose work it is. ``fact``: the row of "who says what" that
    it belongs to. ``suspect``: SQL over ``s`` (OrderStatus) and ``o`` (Order) that is true wherever the check may see something in
    an order that only one system knows; empty: it compares systems. ``by_clock``: it also changes with the day.
    ``example``: facts for the tests of its words. ``beside``: kinds of documents by whose changes its open findings on other documents
    may become others.
    """

    name: ClassVar[str]
    label: ClassVar[Promise]
    kind: ClassVar[str] = "exception"
    role: ClassVar[str]
    fact: ClassVar[str] = ""
    suspect: ClassVar[str] = ""
    by_clock: ClassVar[bool] = False
    remedies: ClassVar[tuple[Remedy, ...]] = ()
    example: ClassVar[Mapping[str, Any]]
    beside: ClassVar[tuple[str, ...]] = ()

    def title(self, facts: Facts) -> str:
        """What is wrong, with its figures, in the reader's language."""
        raise NotImplementedError

    def next_step(self, facts: Facts) -> str:
        """What to do: who changes which field in which system, so that it closes by itself."""
        raise NotImplementedError

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """What is wrong with one order."""
        return ()

    def per_paper(self, paper: PaperView) -> Iterable[Candidate]:
        """What is wrong with one shipment or invoice."""
        return ()

    def per_payment(self, payment: PaymentView) -> Iterable[Candidate]:
        """What is wrong with one payment."""
        return ()

    def looks_at(self, what: str) -> bool:
        """Whether the check looks at ``what`` ("order", "paper", "payment")."""
        return getattr(type(self), f"per_{what}") is not getattr(Check, f"per_{what}")


def foreign_field(source: Source, kind: str, name: str) -> str:
    """What ``source`` itself calls the field ``name`` of its documents of ``kind``, by its mapping; "" where that is not told.

    >>> foreign_field(Source(settings={"streams": [{"kind": "order", "fields": {"shipped": {"column": "status"}}}]}),
    ...               "order", "shipped")
    'status'
    """
    for stream in source.settings.get("streams", ()):
        if stream.get("kind") == kind:
            for group in ("fields", "line_fields"):
                told = stream.get(group, {}).get(name)
                column = told.get("column", "") if isinstance(told, dict) else told
                if column:
                    return str(column)
    return ""
