"""Tests of the sync read its sentences in English, whatever language the company of the tests has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 20 November 2026: for sources whose documents are of that month, whatever day it is outside."""
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-11-20")
