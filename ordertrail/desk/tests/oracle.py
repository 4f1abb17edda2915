"""An oracle of who says what: the documents of every system in plain Python, and which of them are one real thing.

It reads domain.md and architecture.md §1 for itself: no SQL, no model, no rule of the product. ``oracle_figures`` counts from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ordertrail.records.shapes import (
    AllocationRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    ShipmentLineRecord,
    ShipmentRecord,
)

Name = tuple[str, str, str]
"""What a document is called here: (source's code, kind, ref)."""
Book = tuple[str, bool]
"""A system's payments, or (True) what its orders say is paid."""

FAMILY = {"shipment": "goods", "invoice": "invoice", "payment": "money", "work_order": "production"}
HOMES_OWN = (
    "ref", "number", "state", "lines", "allocations", "reported", "same_as", "other_numbers", "direction", "type", "credits",
)  # fmt: skip


def key(text: str) -> str:
    """A number without its signs, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


@dataclass(frozen=True)
class System:
    """A source and how far it is believed, by family of facts ("order" too); ``place`` is the order in which sources were declared."""

    code: str
    place: int
    rank: Mapping[str, int]
    scope: Mapping[str, str]


@dataclass(frozen=True)
class Agreed:
    """One real thing: its home's document, what is agreed of it, who gave its lines, who named the order it is for, who knows it."""

    name: Name
    record: Any
    lines_by: str
    named_by: str
    known_to: frozenset[str]


@dataclass
class Words:
    """Everything that was said, taken back, and joined by a person."""

    systems: dict[str, System]
    said: dict[Name, Any] = field(default_factory=dict)
    version: dict[Name, str] = field(default_factory=dict)
    gone: set[Name] = field(default_factory=set)
    joined: list[frozenset[Name]] = field(default_factory=list)

    def say(self, code: str, record: Record, version: str = "") -> None:
        """A system says a document; words older than those that stand change nothing."""
        name = (code, record.kind, record.ref)
        if version < self.version.get(name, ""):
            return
        self.said[name], self.version[name] = record, version
        self.gone.discard(name)

    def papers(self) -> dict[Name, Any]:
        """Every document, with those that stand for the bare figures of orders."""
        found = dict(self.said)
        for name, record in self.said.items():
            if isinstance(record, OrderRecord):
                found |= {(name[0], more.kind, more.ref): more for more in implied(record)}
        return found

    def lost(self, name: Name) -> bool:
        """Whether the source has deleted it, or the order whose figure it is."""
        return name in self.gone or ((name[0], "order", name[2].partition("~")[0]) in self.gone and "~" in name[2])


def implied(order: OrderRecord) -> Iterator[Record]:
    """The documents behind an order's bare figures, those with a figure only."""
    ref, number = order.ref, order.number
    told: dict[str, Any] = {"reported": True}
    went = [(x, x.qty - x.cancelled_qty if order.shipped == "all" else x.shipped_qty) for x in order.lines]
    if sent := tuple(ShipmentLineRecord(x.ref, x.sku, qty, ref, x.ref) for x, qty in went if qty):
        yield ShipmentRecord(f"{ref}~shipped", number, lines=sent, shipped_at=order.changed_at, **told)
    told |= {"currency": order.currency}
    billed = [(x, x.invoiced_qty) for x in order.lines if x.invoiced_qty]
    lines = tuple(InvoiceLineRecord(x.ref, ref, x.ref, sku=x.sku, qty=qty) for x, qty in billed)
    if order.invoiced:
        lines = (InvoiceLineRecord("1", ref, gross=order.invoiced),)
    if lines:
        yield InvoiceRecord(f"{ref}~invoiced", number, lines=lines, invoice_date=order.order_date, **told)
    if order.paid:
        it = (AllocationRecord(order.paid, order=ref),)
        yield PaymentRecord(f"{ref}~paid", number, order.paid, allocations=it, paid_at=order.order_date, **told)


class Things:
    """The real things: documents joined by what systems and people claim, and found by their numbers."""

    def __init__(self, words: Words) -> None:
        self.words, self.papers = words, words.papers()
        self.home: dict[Name, Name] = {}
        self.agreed: dict[str, list[Agreed]] = {}
        for kind in ("order", "shipment", "invoice", "payment", "work_order", "product"):
            groups = list(self._groups(kind))
            self.agreed[kind] = [self._agreed(kind, group) for group in groups]
            for thing, group in zip(self.agreed[kind], groups, strict=True):
                self.home |= dict.fromkeys(group, thing.name)

    def _of(self, kind: str) -> list[Name]:
        return [name for name in self.papers if name[1] == kind]

    def _numbers(self, name: Name) -> set[str]:
        record = self.papers[name]
        if getattr(record, "reported", False):  # who writes that number means the order
            return set()
        return {key(text) for text in (record.number, *record.other_numbers)} - {""}

    def _claims(self, kind: str) -> Iterator[frozenset[Name]]:
        """What systems claim: joined where exactly one living document of another system fits, else exactly one lost one."""
        for name in self._of(kind):
            for same in self.papers[name].same_as:
                others = [n for n in self._of(kind) if n[0] != name[0] and same.source in ("", n[0])]
                fits = [other for other in others if key(same.number) in self._numbers(other)]
                meant = [other for other in fits if not self.words.lost(other)] or fits
                if len(meant) == 1:
                    yield frozenset((name, meant[0]))

    def _groups(self, kind: str) -> Iterator[set[Name]]:
        group = {name: {name} for name in self._of(kind)}
        for pair in {*self._claims(kind), *self.words.joined}:
            one, other = tuple(pair)
            if one in group:
                whole = group[one] | group[other]
                group |= dict.fromkeys(whole, whole)
        yield from {id(whole): whole for whole in group.values()}.values()

    def _agreed(self, kind: str, group: set[Name]) -> Agreed:
        """The home's words; where it is silent, those of the next one that is believed; lines whole from the first that has any."""
        systems, lost = self.words.systems, self.words.lost
        family = FAMILY.get(kind, "order")
        listed = sorted(group, key=lambda n: (lost(n), systems[n[0]].rank[family], systems[n[0]].place, n[2]))
        home, others = listed[0], [name for name in listed[1:] if not lost(name)]
        record = self.papers[home]
        known = frozenset(name[0] for name in group if not lost(name))

        def says(field: str) -> Name:
            """Who says it: the home, or where that is silent the next one that is believed."""
            there = (n for n in (home, *others) if getattr(self.papers[n], field, None) not in (None, "", ()))
            return next(there, home)

        lines = "allocations" if kind == "payment" else "lines"
        names = [each.name for each in fields(record) if each.name == lines or each.name not in HOMES_OWN]
        told = {name: getattr(self.papers[says(name)], name) for name in names}
        own = [self.papers[n] for n in (home, *self._beside(home, (home, *others)))]
        for name in ("amount", "total"):
            if hasattr(record, name) and len(own) > 1:
                told[name] = None if any(getattr(p, name) is None for p in own) else sum(getattr(p, name) for p in own)
        lines_by = home
        if hasattr(record, lines):
            valid = [o for o in others if self.papers[o].state != "cancelled"]
            whole = {
                n: [line for p in (n, *self._beside(n, (home, *others))) for line in getattr(self.papers[p], lines)]
                for n in (home, *valid, *others)
            }
            lines_by = next((n for n, listed in whole.items() if listed), home)
            told[lines] = tuple(whole[lines_by])
        if lost(home) and hasattr(record, "state"):
            told["state"] = "cancelled"
        return Agreed(home, replace(record, **told), lines_by[0], says("order")[0], known)

    def _beside(self, name: Name, group: Sequence[Name]) -> list[Name]:
        """Other papers of the same system for one thing of another system, of one kind with it; of an order there is one."""

        def like(paper: Any) -> list[Any]:
            return [getattr(paper, told, "") for told in ("state", "direction", "type", "reported", "currency")]

        if name[1] == "order" or all(o[0] == name[0] for o in group):
            return []
        alike = [o for o in group if o != name and o[0] == name[0]]
        return [o for o in alike if like(self.papers[o]) == like(self.papers[name])]

    def meant(self, kind: str, by: str, text: str) -> Name | None:
        """What a system means by a number: its own ref, else its own document of that number, else the only one anywhere."""
        if not text:
            return None
        living = [name for name in self._of(kind) if not self.words.lost(name)]
        if (by, kind, text) in living and "~" not in text:
            return self.home[by, kind, text]
        fits = [name for name in living if key(text) in self._numbers(name)]
        for listed in ([name for name in fits if name[0] == by], fits):
            if len(found := {self.home[name] for name in listed}) == 1:
                return found.pop()
        return None

    def is_service(self, sku: str) -> bool:
        """Whether the one product of this SKU is never shipped."""
        alike = [t for t in self.agreed["product"] if key(sku) and key(t.record.number) == key(sku)]
        return [t.record.service for t in alike if not self.words.lost(t.name)] == [True]
