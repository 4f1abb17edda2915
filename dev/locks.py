"""``dev.py lock``: writes requirements/run.txt, dev.txt and tryton.txt from the .in files, with the sha256 of each version's files.

No registry's address gets into the locks: pip takes packages from wherever it is set up to, and the hashes make sure.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from dev import environment
from dev.say import Failed, step

FLAGS = (
    "--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header", "--no-emit-index-url",
    "--no-emit-trusted-host", "--no-emit-find-links", "--pip-args=--only-binary :all:",
)  # fmt: skip


def run(*, upgrade: bool, words: Sequence[str] = ()) -> int:
    """Make all locks; ``upgrade`` takes the newest versions, else what is locked stays as long as it fits."""
    environment.ensure("dev")
    for lock in ("run", "dev", "tryton"):
        files = (f"requirements/{lock}.in", "--output-file", f"requirements/{lock}.txt")
        newest = ("--upgrade",) if upgrade else ()
        command, variables = environment.python("-m", "piptools", "compile", *FLAGS, *newest, *words, *files)
        with step(f"{lock}.txt"):
            done = subprocess.run(
                command, cwd=environment.ROOT, env=variables, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise Failed(f"pip-compile could not lock {lock}.in:\n{(done.stderr or done.stdout).strip()[-3000:]}")
    return 0
