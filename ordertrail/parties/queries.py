"""Reading customers: whom a name means."""

from __future__ import annotations

from collections.abc import Collection

from ordertrail.lib.numbers import name_key
from ordertrail.records.queries import Finder


def customers_named(names: Collection[str]) -> dict[str, int | None]:
    """The customer (id) that each of these names, as a bank writes its payers, means; None where none or several fit."""
    finder = Finder("customer")
    finder.learn_keys(name_key(name) for name in names if name)
    return {name: finder.find(0, name, name_key(name)) for name in names if name}
