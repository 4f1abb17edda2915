"""Tests of the desk: sentences are read in English, whatever the company's language is; a till at which Chen bills."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from ordertrail.desk.tests.shop import whole
from ordertrail.desk.tests.till import Till


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    """A till whose books are whole when the test ends."""
    made = Till()
    yield made
    whole()
