"""How often Python looks for objects that point at each other in a ring."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (50_000, 20, 50)


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Work that makes very many small objects and no rings of them, such as records: looking for rings as often as usual costs a
    tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
