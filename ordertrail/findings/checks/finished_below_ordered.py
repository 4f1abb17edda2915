"""Less is made than the order needs, and somebody takes it as done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.findings import phrases
from ordertrail.findings.check import Candidate, Check, Remedy
from ordertrail.findings.claims import Claim
from ordertrail.findings.phrases import Facts, stored
from ordertrail.findings.view import LineView, OrderView


class FinishedBelowOrdered(Check):
    """Less is finished than the order needs, though its work orders are closed, or a system says that the goods have left, or
    they are invoiced. While the work simply goes on, nothing is wrong.

    Money: the pieces that are missing, with tax. It closes when production books the rest.
    """

    label = gettext_lazy("Finished less than ordered")
    role = "production"
    fact = "finished"
    suspect = "s.planned_qty > 0 AND s.finished_qty < s.ordered_qty"
    remedies = (Remedy("see_work_order", gettext_lazy("See the work order"), opens="work_id"),)
    example: ClassVar = {
        "finished": "8", "ordered": "10", "missing": "2", "unit": "件", "work": "WO-2609-0044", "work_id": 9, "home": "MES",
        "due": "2026-09-18", "closed": False, "currency": "CNY",
    }  # fmt: skip

    def per_order(self, order: OrderView) -> Iterable[Candidate]:
        """One candidate for all lines that lack pieces."""
        finished = order.claim("finished")
        if not order.live or finished is None:
            return
        short = {
            line: missing for line in order.lines if (missing := _missing(line)) > 0 and _taken_as_done(order, line)
        }
        if not short:
            return
        by_line = {line.id: missing for line, missing in short.items()}
        work = [made for made in order.work if made.line in by_line]
        open_work = [made for made in work if made.state != "done"] or work
        units = {line.unit for line in short}
        facts: dict[str, Any] = {
            "finished": stored(sum((line.finished for line in short), Decimal(0))),
            "ordered": stored(sum((line.finished + missing for line, missing in short.items()), Decimal(0))),
            "missing": stored(sum(short.values(), Decimal(0))), "unit": units.pop() if len(units) == 1 else "",
            "work": open_work[0].number, "work_id": open_work[0].id, "home": order.sources[finished.source].name,
            "due": "" if open_work[0].due_date is None else stored(open_work[0].due_date),
            "closed": all(made.state == "done" for made in work), "currency": order.currency,
        }  # fmt: skip
        if len(short) == 1 and len(order.lines) > 1:
            facts["sku"] = next(iter(short)).sku
        first = min(_evidence(order, by_line), key=lambda claim: claim.as_of, default=order.claim("invoiced"))
        since = order.since(finished, first)
        yield Candidate("order", order.id, since, facts, order.id, money=order.gross(by_line), currency=order.currency)

    def title(self, facts: Facts) -> str:
        """Such as: Finished 8 < ordered 10, 2 pcs short."""
        said = _("Finished %(finished)s < ordered %(ordered)s, %(missing)s %(unit)s short") % {
            "finished": phrases.qty(facts, "finished"), "ordered": phrases.qty(facts, "ordered"),
            "missing": phrases.qty(facts, "missing"), "unit": phrases.unit(facts),
        }  # fmt: skip
        return phrases.on_sku(said, facts)

    def next_step(self, facts: Facts) -> str:
        """What the work order lacks."""
        told = {
            "work": facts["work"], "missing": phrases.qty(facts, "missing"), "unit": phrases.unit(facts), "home": facts["home"],
        }  # fmt: skip
        if facts["closed"]:
            return (
                _(
                    "%(work)s was closed %(missing)s %(unit)s short. If they are made: book them in %(home)s; if not: open a"
                    " work order for them. It closes by itself."
                )
                % told
            )
        if facts["due"]:
            told["due"] = phrases.day(facts, "due")
            return (
                _(
                    "%(work)s still lacks %(missing)s %(unit)s, planned for %(due)s. Book them in %(home)s when they are made;"
                    " it closes by itself."
                )
                % told
            )
        return (
            _(
                "%(work)s still lacks %(missing)s %(unit)s. Book them in %(home)s when they are made; it closes by itself."
            )
            % told
        )


def _missing(line: LineView) -> Decimal:
    """What is to be made for a line and is not: of what was planned no more than the order needs; the rest comes from stock."""
    return Decimal(0) if line.planned is None else min(line.planned, line.wanted) - line.finished


def _taken_as_done(order: OrderView, line: LineView) -> bool:
    work = [made for made in order.work if made.line == line.id]
    closed = bool(work) and all(made.state == "done" for made in work)
    return closed or line.invoiced > line.finished or next(_evidence(order, {line.id}), None) is not None


def _evidence(order: OrderView, lines: Collection[int]) -> Iterator[Claim]:
    """The claims that more of a line has left than is finished."""
    finished = {line.id: line.finished for line in order.lines}
    row = order.rows.get("shipped")
    for claim in row.claims if row is not None else ():
        if any(claim.by_line.get(line, Decimal(0)) > finished[line] for line in lines):
            yield claim
