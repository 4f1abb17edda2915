"""The hub of the tests, for the one call that asks it."""

from __future__ import annotations

from ordertrail.hub.tests.conftest import bring_up, hub, process

__all__ = ["bring_up", "hub", "process"]
