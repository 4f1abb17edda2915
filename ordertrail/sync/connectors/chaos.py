"""A REST source without a network, whose faults are settings: for tests of everything behind a connector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors import rest
from ordertrail.sync.connectors.chaos_world import LAG_SECONDS, ChaosWorld
from ordertrail.sync.connectors.rest_http import Answer, Breaker, Http

WORLDS: dict[str, ChaosWorld] = {}
"""The worlds that a test has made, by name: a source's settings can only hold the name."""

STREAM: dict[str, Any] = {
    "kind": "order",
    "from": "/orders",
    "key": "id",
    "version": "version",
    "cursor": "updated_at",
    "lag_seconds": LAG_SECONDS,
    "lines": {"path": "lines", "key": "pos"},
    "options": {"records": "orders", "cursor": {"param": "since"}},
    "fields": {
        "number": "no",
        "customer_name": "customer.name",
        "currency": {"value": "CNY"},
        "state": {"column": "state", "map": {"open": "confirmed", "void": "cancelled"}},
    },
    "line_fields": {"sku": "sku", "qty": "qty", "price": "price"},
}
"""The stream of every world's orders."""


class ChaosHttp(Http):
    """Requests that go to a world instead of a network; all else is as of a real source."""

    def __init__(self, world: ChaosWorld) -> None:
        super().__init__("http://chaos.invalid", (), {})
        self._world = world
        self._breaker = Breaker()
        self.sleep = lambda seconds: None
        self.now = lambda: world.now
        self.clock = self._seconds

    def _seconds(self) -> float:
        return self._world.now.timestamp()

    @property
    def breaker(self) -> Breaker:
        """A breaker of its own: a world is left alone for no one else's faults, and no longer than a run."""
        return self._breaker

    def _send(self, method: str, url: str, **words: Any) -> Answer:
        answer = self._world.answer(urlsplit(url).path, words.get("params") or {}, words.get("headers") or {})
        self._measure_clock(answer.headers)
        return answer


class Connector(rest.Connector):
    """A source that misbehaves. Settings: ``world`` (a name in ``WORLDS``), or ``seed``, ``steps`` and ``faults`` of a new one."""

    name: ClassVar[str] = "chaos"
    title: ClassVar[Any] = gettext_lazy("Chaos, for tests")

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str], zone: ZoneInfo) -> None:
        world = _world_of(settings)
        given = {
            "auth": {"kind": "login"},
            "paging": {"kind": "page", "size_param": "size", "size": 20, "total": "total"},
        }
        super().__init__({"streams": [STREAM], **given, **settings, "url": "http://chaos.invalid"}, secrets, zone)
        self.http = ChaosHttp(world)
        self.http.hide = self.hide
        self._auth = self._logging_in(secrets)
        self.now = lambda: world.now


def _world_of(settings: Mapping[str, Any]) -> ChaosWorld:
    """The world that the settings name, or a new one that has lived so many steps."""
    if name := settings.get("world"):
        if name not in WORLDS:
            raise Refused("source_unreachable", _("There is no world called “%(name)s”.") % {"name": name})
        return WORLDS[str(name)]
    world = ChaosWorld(int(settings.get("seed", 0)), dict(settings.get("faults") or {}))
    for _at in range(int(settings.get("steps", 0))):
        world.step()
    return world
