"""Mappings for files that are known beforehand: one small file each, for ``ordertrail import --mapping NAME FILE``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused

Progress = Callable[[str, int, int | None], None]
"""Called with (stream, documents done, documents expected or None)."""


class Mapping(Protocol):
    """A member of this folder: a module with ``TITLE`` and ``bring``."""

    TITLE: Any

    @staticmethod
    def bring(path: Path, progress: Progress) -> dict[str, Any]:
        """Bring a file in, and tell what came of it: figures, how every column was read, and what was rejected. All JSON."""


@cache
def mappings() -> dict[str, Mapping]:
    """Every mapping by its name, which is that of its file."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    found = {name: import_module(f"ordertrail.sync.mappings.{name}") for name in names}
    return {name: module for name, module in found.items() if hasattr(module, "bring")}  # type: ignore[misc]


def mapping(name: str) -> Mapping:
    """The mapping called ``name``; Refused("unknown_mapping") with the names that there are."""
    if name not in mappings():
        detail = _("There is no mapping “%(name)s”; there is: %(names)s.")
        raise Refused("unknown_mapping", detail % {"name": name, "names": ", ".join(mappings())})
    return mappings()[name]
