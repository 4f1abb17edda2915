"""What may be done next with what a page shows: rooms that do things tell it, the page writes it down as buttons.

    from ordertrail.web import acts
    acts.tell("shipment", next_of_shipment)

The kind "orders" is the list of orders: there an act is done to the rows that are selected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Act:
    """One button: its words, icon and address; the ``primary`` one is what most often comes next."""

    words: Promise | str
    icon: str
    href: str
    primary: bool = False


Teller = Callable[[Any, object], Sequence[Act]]
"""What a person may do with a row of a kind; the row is None where the kind is a list."""

_tellers: dict[str, list[Teller]] = {}


def tell(kind: str, teller: Teller) -> None:
    """Have ``teller`` asked whenever something of ``kind`` is shown; telling twice is telling once."""
    known = _tellers.setdefault(kind, [])
    if teller not in known:
        known.append(teller)


def told(kind: str, row: Any, person: object) -> list[Act]:
    """Everything that ``person`` may do with ``row`` now."""
    return [act for teller in _tellers.get(kind, ()) for act in teller(row, person)]
