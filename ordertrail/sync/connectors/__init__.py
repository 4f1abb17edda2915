"""The folder is the registry: a file here that holds a class ``Connector`` is a connector, under the file's name."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.base import Connector

_MEMBER = re.compile(r"^class Connector\(", re.MULTILINE)


@cache
def names() -> tuple[str, ...]:
    """The names of all connectors, sorted. Reads the files and imports none: what a connector needs loads on demand."""
    files = Path(__file__).parent.glob("*.py")
    return tuple(sorted(f.stem for f in files if f.stem != "base" and _MEMBER.search(f.read_text("utf-8"))))


def connector(name: str) -> type[Connector]:
    """The connector class called ``name``; Refused("connector_unknown") naming those that exist."""
    if name not in names():
        raise Refused(
            "connector_unknown",
            _("There is no connector “%(name)s”; there are: %(names)s.") % {"name": name, "names": ", ".join(names())},
        )
    member: type[Connector] = import_module(f"{__name__}.{name}").Connector
    return member
