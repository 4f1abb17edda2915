"""Tests of findings: sentences are read in English, whatever the company's language is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from ordertrail.findings.tests.company import QUIET, company, opened, say, source
from ordertrail.records.models import Source
from ordertrail.records.shapes import CustomerRecord


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def by(db: None) -> dict[str, Source]:
    """The company, with order X in the OMS and its customer known there; all is well."""
    by = company() | {"crm": source("crm", 6, order_rank=6)}
    say(by["oms"], CustomerRecord("c1", "C1", "启明船厂"))
    say(by["oms"], QUIET)
    assert opened() == []
    return by
