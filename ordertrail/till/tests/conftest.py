"""Tests of the till read English; Anna has sold what E1 tells, Bo ships, Chen bills, and at the end no law is broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from ordertrail.desk.tests.shop import Shop, whole


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """A shop that has LAMP, 20 on the shelf as E1 has them: 8 at 60, then 12 at 70."""
    made = Shop()
    made.product()
    made.receive(8, 60)
    made.receive(12, 70)
    yield made
    whole()
