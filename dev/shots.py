"""``dev.py shots``: every page of the demo company as a picture: 1440 and 390 wide, three languages, light and dark."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from dev import debian, environment
from dev.say import Failed


def run(folder: str, words: Sequence[str] = ()) -> int:
    """Take the pictures into ``folder``; ``words`` go to dev.pictures (``--only orders``)."""
    target = Path(folder).resolve()
    environment.ensure("dev")
    if missing := debian.provide(debian.PICTURES):
        raise Failed(debian.message(missing))
    command, known = environment.python("-m", "dev.pictures", str(target), *words)
    return subprocess.run(command, cwd=environment.ROOT, env=known, check=False).returncode
