"""Sources: made from declared settings, and opened as connectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from ordertrail.desk import precedence
from ordertrail.lib.gate import writing
from ordertrail.records.models import Source
from ordertrail.records.shapes import RECORDS
from ordertrail.sync.connectors import connector
from ordertrail.sync.connectors.base import Connector
from ordertrail.sync.mapping import Stream, streams
from ordertrail.sync.secrets import seal, secrets_of


def declare(setting: Mapping[str, Any]) -> Source:
    """Make or change the source that ``setting`` declares: the fields of ``records.Source``, ``secrets`` in the clear.

    A source that is believed otherwise than before has every order recounted. Refused("mapping_invalid") naming stream
    and field, Refused("connector_unknown"); then nothing is changed.
    """
    fields = {name: value for name, value in setting.items() if name not in ("code", "secrets")}
    streams(with_streams(fields["connector"], fields.get("settings", {})))
    if setting.get("secrets"):
        fields["secrets"] = seal(setting["secrets"])
    before = {source.pk: precedence.trust_of(source) for source in Source.objects.filter(code=setting["code"])}
    with writing():
        source, _made = Source.objects.update_or_create(code=setting["code"], defaults=fields)
    if before.get(source.pk) != precedence.trust_of(source):
        precedence.apply()
    return source


def zone_of(source: Source) -> ZoneInfo:
    """The zone in which the source writes times that say none."""
    return ZoneInfo(source.zone or settings.TIME_ZONE)


def opened(source: Source) -> Connector:
    """The connector of ``source``, with its settings and credentials."""
    return connector(source.connector)(source.settings, secrets_of(source), zone_of(source))


def in_order(source: Source) -> list[Stream]:
    """The source's streams, what is pointed at before what points: customers before orders before shipments."""
    order = list(RECORDS)
    found = streams(with_streams(source.connector, source.settings))
    return sorted(found, key=lambda stream: order.index(stream.kind))


def with_streams(name: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """``settings`` with the streams that the connector called ``name`` brings itself, where they declare none.

    Refused("connector_unknown").
    """
    brought = connector(name).declared_streams(settings)
    return {**settings, "streams": settings.get("streams") or brought}
