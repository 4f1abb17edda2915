"""What all checks have in common that compare what systems say of one fact."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from ordertrail.findings.check import Candidate, Check, foreign_field
from ordertrail.findings.claims import Claim, FactRow, line_gap, money_of
from ordertrail.findings.phrases import stored
from ordertrail.findings.view import OrderView


class Differs(Check):
    """A fact of an order of which a system says something else than the one that is believed: one finding a system."""

    foreign: ClassVar[tuple[str, str]]
    """Kind of document and field of a record in which the wrong figure stands where the system has no paper for it."""

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate for each system that contradicts."""
        row = order.rows.get(self.fact)
        if row is None or row.agrees or not self.concerns(order):
            return
        own = row.of(row.believed) if row.believed is not None else None
        if own is None:
            return
        for source in row.off:
            claim = row.of(source)
            if claim is not None:
                yield Candidate(
                    "order", order.id, order.since(claim, own), self.facts(order, row, claim, own), order.id,
                    order.sources[source].code, self.money(order, row, claim), order.currency,
                )  # fmt: skip

    def concerns(self, order: OrderView) -> bool:
        """Whether it matters for this order."""
        return order.live

    def money(self, order: OrderView, row: FactRow, claim: Claim) -> Decimal | None:
        """The gross amount at stake."""
        return money_of(order.frame, row, claim)

    def facts(self, order: OrderView, row: FactRow, claim: Claim, own: Claim) -> dict[str, Any]:
        """The figures of the sentences: of the order, or of its one line that differs."""
        source, home = order.sources[claim.source], order.sources[own.source]
        facts = {
            "source": source.name, "home": home.name, "number": order.number, "paper": own.number,
            "paper_id": own.document, "said_number": claim.number or order.number, "said_id": claim.document,
            "field": "" if claim.documents and not claim.reported and self.fact in ("shipped", "invoiced", "paid", "finished")
            else foreign_field(source, *self.foreign),
            "currency": order.currency,
        }  # fmt: skip
        return facts | self.figures(order, row, claim, own)

    def figures(self, order: OrderView, row: FactRow, claim: Claim, own: Claim) -> dict[str, str]:
        """Both figures and how far they are apart; for quantities with the product, where only one line of several differs."""
        said, agreed = self.measure(claim), self.measure(own)
        gaps = line_gap(row, claim) if claim.by_line else {}
        lines = {line.id: line for line in order.lines}
        more = {}
        if isinstance(said, Decimal) and isinstance(agreed, Decimal) and self.fact not in ("invoiced", "paid"):
            units = {line.unit for line in order.lines}
            more = {"unit": units.pop() if len(units) == 1 else ""}
            if len(gaps) == 1 and len(order.lines) > 1:
                (line,) = gaps
                said, agreed = claim.by_line.get(line, Decimal(0)), own.by_line.get(line, Decimal(0))
                more = {"unit": lines[line].unit, "sku": lines[line].sku}
        if isinstance(said, Decimal) and isinstance(agreed, Decimal):
            gap = said - agreed or sum(map(abs, gaps.values()), Decimal(0))
            return {"said": stored(said), "agreed": stored(agreed), "gap": stored(abs(gap)), **more}
        return {"said": str(said), "agreed": str(agreed)}

    def measure(self, claim: Claim) -> Any:
        """What of a claim is compared."""
        return claim.value
