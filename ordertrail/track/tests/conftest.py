"""The hub of the tests, for the pages that ask it."""

from __future__ import annotations

from ordertrail.hub.tests.conftest import bring_up, hub, process

__all__ = ["bring_up", "hub", "process"]
