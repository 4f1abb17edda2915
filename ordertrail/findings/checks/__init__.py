"""Every check of the house, one small file each; the folder's listing is the registry."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from ordertrail.findings.check import Check


@cache
def all_checks() -> dict[str, Check]:
    """The checks by name, which is that of their file."""
    found = {}
    for module in sorted(entry.name for entry in pkgutil.iter_modules(__path__)):
        members = vars(import_module(f"{__name__}.{module}")).values()
        (kind,) = (
            it for it in members if isinstance(it, type) and issubclass(it, Check) and it.__module__.endswith(module)
        )
        kind.name = module
        found[module] = kind()
    return found
