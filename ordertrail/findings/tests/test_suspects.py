"""The cheap question leaves out nothing: on random companies the checks see the same with it as without it."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordertrail.findings.checks import all_checks
from ordertrail.findings.suspects import suspects
from ordertrail.findings.tests.company import say, source
from ordertrail.findings.tests.random_company import documents, sources
from ordertrail.findings.view_orders import order_views
from ordertrail.orders.models import OrderStatus
from ordertrail.records.shapes import Record


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources(), st.lists(documents(), min_size=1, max_size=7))
def test_no_finding_is_missed(told: dict[str, dict[str, object]], said: list[tuple[str, Record]]) -> None:
    before = transaction.savepoint()
    try:
        by = {code: source(code, place, **ranks) for place, (code, ranks) in enumerate(told.items())}
        for code, record in said:
            say(by[code], record)
        orders = list(OrderStatus.objects.values_list("pk", flat=True))
        suspected = set(suspects(all_checks().values(), orders))
        for view in order_views(orders):
            seen = {name for name, check in all_checks().items() for _ in check.per_order(view)}
            assert not seen or view.id in suspected, seen
    finally:
        transaction.savepoint_rollback(before)
