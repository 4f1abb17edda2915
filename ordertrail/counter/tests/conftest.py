"""The counter's tests read sentences in English and happen in a shop that types its orders here."""

from __future__ import annotations

from ordertrail.desk.tests.conftest import _english, shop

__all__ = ["_english", "shop"]
