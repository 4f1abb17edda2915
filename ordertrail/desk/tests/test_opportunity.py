"""An opportunity finds the order that it became, whichever of the two we hear of first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ordertrail.findings.tests.company import OMS_X, company, say, source
from ordertrail.presales.models import Opportunity
from ordertrail.records.models import Source
from ordertrail.records.shapes import OpportunityRecord, Record

WON = OpportunityRecord(
    "o1", "OPP-2608-031", value=Decimal(1200), currency="CNY", opened_at=date(2026, 8, 26), order="SO-2609-0027"
)


@pytest.mark.parametrize("order_first", [True, False], ids=["order first", "opportunity first"])
def test_an_opportunity_finds_the_order_that_it_became(db: None, order_first: bool) -> None:
    by = company()
    crm = source("crm", order_rank=9)
    said: list[tuple[Source, Record]] = (
        [(by["oms"], OMS_X), (crm, WON)] if order_first else [(crm, WON), (by["oms"], OMS_X)]
    )
    for who, record in said:
        say(who, record)
    assert list(Opportunity.objects.values_list("number", "order__number")) == [("OPP-2608-031", "SO-2609-0027")]
