"""What the product says of the demo company after really syncing it is what the facts say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ordertrail.demo.sources import DemoCompany, source_settings
from ordertrail.findings.says import says
from ordertrail.orders.models import OrderStatus
from ordertrail.parties.models import Customer
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare


@pytest.mark.slow
@pytest.mark.django_db
def test_every_figure_of_every_order_and_every_disagreement(
    young: DemoCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    with young.serve_crm(port=0) as server:
        for source in [declare(setting) for setting in source_settings(young, server.address)]:
            run = run_source(source)
            assert (run.state, run.error) == ("done", "")

    found = {status.number: status for status in OrderStatus.objects.all()}

    assert found.keys() == young.facts.orders.keys()
    for number, fact in young.facts.orders.items():
        status, lines = found[number], fact["lines"].values()
        assert status.shipped_qty == sum(line["shipped"] for line in lines), number
        assert status.invoiced_qty == sum(line["invoiced"] for line in lines), number
        assert status.finished_qty == sum(line["finished"] or 0 for line in lines), number
        told = [str(amount.quantize(Decimal("0.01"))) for amount in (status.ordered, status.invoiced, status.paid)]
        assert told == [fact["ordered"], fact["invoiced"], fact["paid"]], number
    unknown = len(young.facts.unmatched_customers) + len(young.facts.duplicate_customers)
    assert Customer.objects.count() == young.facts.counts["customers"] + unknown
    assert disagreements(found) == {
        "shipped": planted(young, "shipped_differs"),
        "paid": planted(young, "paid_differs"),
        "promised": planted(young, "promised_differs"),
        "ordered": planted(young, "ordered_differs"),
    }


def disagreements(found: dict[str, OrderStatus]) -> dict[str, set[str]]:
    """Numbers of the orders of which sources say different things, by fact."""
    numbers = {status.order_id: number for number, status in found.items()}
    off: dict[str, set[str]] = {}
    for order, rows in says(list(numbers)).items():
        for row in rows:
            if row.off:
                off.setdefault(row.fact, set()).add(numbers[order])
    return off


def planted(company: DemoCompany, kind: str) -> set[str]:
    """Numbers of the orders with a planted conflict of one kind."""
    facts: list[dict[str, Any]] = company.facts.conflicts[kind]
    return {number for fact in facts for number in fact.get("orders", [fact.get("order")])}
