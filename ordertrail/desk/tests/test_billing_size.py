"""Billing many orders at once and paying many invoices at once takes as few queries as billing and paying a few."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ordertrail.desk.tests.till import Till

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def counted(do: Callable[[], Any]) -> tuple[int, Any]:
    """How many queries it took, and its answer."""
    with CaptureQueriesContext(connection) as captured:
        got = do()
    return len(captured), got


def test_the_number_of_queries_does_not_grow_with_orders_invoices_and_allocations(till: Till) -> None:
    found = []
    for size in (1, 2, 5):  # the first time makes the number series
        orders = [till.sold(f"SO-{size}-{place}", 1) for place in range(size)]
        proposing, draft = counted(partial(till.draft, *orders))
        posting, posted = counted(partial(till.book, draft))
        assert (len(posted["lines"]), posted["total"]) == (size, f"{size}00.00")
        till.pay(f"{size}00", [(posted, size * 100)])
        bills = [till.billed(till.sold(f"SI-{size}-{place}", 1)) for place in range(size)]
        paying, paid = counted(partial(till.pay, f"{size}00"))
        assert (len(paid["allocations"]), paid["unallocated"]) == (size, "0.00")
        on = [(bill, 100) for bill in bills]
        taking_back, _back = counted(partial(till.unallocate, paid, *on))
        allocating, again = counted(partial(till.allocate, paid, *on))
        assert again["unallocated"] == "0.00"
        found.append([proposing, posting, paying, taking_back, allocating])
    assert found[1] == found[2]
    assert max(found[1]) <= 60
