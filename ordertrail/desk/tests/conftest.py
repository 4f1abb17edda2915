"""Tests of the desk read sentences in English, whatever the company's language is; Dana drives a desk, Chen bills at a till."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from ordertrail.desk.tests.driving import Desk, opened
from ordertrail.desk.tests.shop import Shop, whole
from ordertrail.desk.tests.till import Till


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk(db: None, settings: object) -> Iterator[Desk]:
    """Dana's desk with customer C1; at the end no law is broken, while what the test has set still holds."""
    yield opened()
    whole()


@pytest.fixture
def stocked(desk: Desk) -> None:
    """The desk has LAMP (20 at 60) and MAST (none) at 13 % tax."""
    desk.product("LAMP")
    desk.product("MAST")
    desk.receive(("LAMP", 20, 60))


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    """A till whose books are whole when the test ends."""
    made = Till()
    yield made
    whole()


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """A shop that has LAMP; at the end no law is broken."""
    made = Shop()
    made.product()
    yield made
    whole()
