"""Tests of papers read English and happen in a shop that has sold, shipped and billed here; at the end no law is broken."""

from __future__ import annotations

from ordertrail.desk.tests.conftest import _english
from ordertrail.till.tests.conftest import shop

__all__ = ["_english", "shop"]
