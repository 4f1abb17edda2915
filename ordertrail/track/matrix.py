"""Who says what: facts down, systems across; the believed cell framed, a disagreement with its size, money, age and owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from ordertrail.findings.claims import IN_MONEY, Claim, FactRow, Value
from ordertrail.lib import clock
from ordertrail.records.models import Source
from ordertrail.track.gather import Gathered
from ordertrail.track.problems import Problem
from ordertrail.web import format as write
from ordertrail.web.axes import look

QUANTITIES = {"ordered", "finished", "shipped", "invoiced"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one system says of one fact: a quantity, a day, or words; with it an amount. ``number`` and ``href`` are of the paper."""

    qty: Decimal | None
    day: date | None
    words: str
    amount: Decimal | None
    number: str
    href: str
    at: datetime
    silent: bool
    reported: bool
    home: bool
    differs: bool
    papers: int


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: its cells in the order of the columns (None: that system does not speak of it), the agreed value, what is wrong."""

    fact: str
    name: str
    cells: tuple[Cell | None, ...]
    qty: Decimal | None
    day: date | None
    words: str
    amount: Decimal | None
    against: str  # "OMS 10 ≠ WMS 6": the claim that is furthest off, beside the agreed one; "" when all agree
    money: Decimal | None
    problems: tuple[Problem, ...]

    @property
    def differs(self) -> bool:
        """Whether systems disagree about it, or a rule finds it wrong."""
        return bool(self.against or self.problems)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table: systems that speak, facts, how many of these differ, and who is believed for what."""

    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    precedence: tuple[tuple[str, str], ...]

    @property
    def differing(self) -> int:
        """The number of facts about which something is wrong."""
        return sum(row.differs for row in self.rows)


def fact_words() -> dict[str, str]:
    """What each fact is called."""
    return {
        "ordered": _("Ordered"),
        "promised": _("Promised"),
        "finished": _("Finished"),
        "shipped": _("Shipped"),
        "arrived": _("Arrived"),
        "invoiced": _("Invoiced"),
        "paid": _("Paid"),
        "state": _("State"),
    }


def build(told: Gathered, problems: Mapping[str, Sequence[Problem]]) -> Matrix:
    """The table of an order; ``problems`` are its open findings by the fact that they are about."""
    speaking = {claim.source for row in told.says for claim in row.claims}
    sources = tuple(source for source in told.sources.values() if source.pk in speaking)
    names = fact_words()
    rows = tuple(_row(told, row, sources, names[row.fact], tuple(problems.get(row.fact, ()))) for row in told.says)
    return Matrix(sources, rows, tuple(_precedence(told.sources.values())))


def _row(told: Gathered, row: FactRow, sources: Sequence[Source], name: str, problems: tuple[Problem, ...]) -> Row:
    claims = {claim.source: claim for claim in row.claims}
    cells = tuple(_cell(row, claims[s.pk]) if s.pk in claims else None for s in sources)
    against = ""
    if row.against is not None:
        own = row.of(row.believed) if row.believed is not None else None
        believed = _name(told, row.believed, _value(told, row, own)) if own else _plain(row.agreed)
        one = _name(told, row.against.source, _value(told, row, row.against))
        against = f"{one} ≠ {believed}"
    return Row(
        row.fact,
        name,
        cells,
        row.agreed if isinstance(row.agreed, Decimal) and row.fact in QUANTITIES else None,
        row.agreed if isinstance(row.agreed, date) else None,
        _state(row.agreed) if isinstance(row.agreed, str) else "",
        row.agreed_amount if row.fact in IN_MONEY else None,
        against,
        row.money,
        problems,
    )


def _cell(row: FactRow, claim: Claim) -> Cell:
    value = claim.value
    page = reverse("track:document", args=[claim.document]) if claim.document else ""
    return Cell(
        qty=value if isinstance(value, Decimal) and row.fact in QUANTITIES else None,
        day=value if isinstance(value, date) else None,
        words=_state(value) if isinstance(value, str) else "",
        amount=claim.amount if row.fact in IN_MONEY else None,
        number=claim.number,
        href=page,
        at=claim.as_of,
        silent=claim.silent,
        reported=claim.reported,
        home=claim.source == row.believed,
        differs=claim.source in row.off,
        papers=claim.documents,
    )


def _name(told: Gathered, source: int | None, value: str) -> str:
    name = told.sources[source].name if source is not None and source in told.sources else ""
    return f"{name} {value}".strip()


def _value(told: Gathered, row: FactRow, claim: Claim) -> str:
    """A claim's value in a few signs: its quantity, or where quantities agree or are not told, its amount."""
    if row.fact in IN_MONEY and claim.amount is not None and (row.fact == "paid" or claim.value in (None, row.agreed)):
        return write.money(claim.amount, told.order.currency)
    return _plain(claim.value)


def _plain(value: Value) -> str:
    if isinstance(value, Decimal):
        return write.qty(value)
    if isinstance(value, date):
        return write.day(value, clock.today())
    return _state(value) if value else _("unknown")


def _state(value: str) -> str:
    return _("Deleted") if value == "gone" else str(look("order", value).words)


def _precedence(sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    """For each family of facts the systems that are asked, the one that is believed first at the left."""
    families = {
        "goods": _("goods"),
        "invoice": _("invoices"),
        "money": _("money"),
        "production": _("production"),
    }
    active = [source for source in sources if source.active]
    for family, words in families.items():
        asked = [source for source in active if getattr(source, f"{family}_scope")]
        asked.sort(key=lambda source: (getattr(source, f"{family}_rank"), source.pk))
        if asked:
            yield words, " › ".join(source.name for source in asked)
