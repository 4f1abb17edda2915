"""What the product says of the demo company after really syncing it is what the facts say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ordertrail.demo.sources import source_settings, write_sources
from ordertrail.orders.models import OrderStatus
from ordertrail.sync.ahead import Ahead
from ordertrail.sync.run import run_source
from ordertrail.sync.sources import declare


@pytest.mark.slow
@pytest.mark.django_db
def test_every_figure_of_every_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ahead, "apart", Ahead.here)  # another process does not see a test's transaction
    company = write_sources(tmp_path, days=75)
    declared = [declare(setting) for setting in source_settings(company) if setting["code"] != "crm"]
    for source in declared:
        run = run_source(source)
        assert (run.state, run.error) == ("done", "")

    found = {status.number: status for status in OrderStatus.objects.all()}

    assert found.keys() == company.facts.orders.keys()
    for number, fact in company.facts.orders.items():
        status, lines = found[number], fact["lines"].values()
        assert status.shipped_qty == sum(line["shipped"] for line in lines), number
        assert status.invoiced_qty == sum(line["invoiced"] for line in lines), number
        assert status.finished_qty == sum(line["finished"] or 0 for line in lines), number
        told = [str(amount.quantize(Decimal("0.01"))) for amount in (status.ordered, status.invoiced, status.paid)]
        assert told == [fact["ordered"], fact["invoiced"], fact["paid"]], number
