"""``dev.py bench``: runs the measurements in ``bench/``, scripts that print ours, a peer or the floor, and the ratio.

A measurement ends with exit code 0 when every figure it claims was reached, and with 1 when one was not.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import datetime

from dev import checks, environment, machine
from dev.checks import Outcome
from dev.say import Failed

FOLDER = environment.ROOT / "bench"
RECORD = environment.ROOT / "docs" / "performance.md"
SCRIPT = 'if __name__ == "__main__":'
COLOUR = re.compile(r"\x1b\[[\d;]*[A-Za-z]")


def names() -> list[str]:
    """The measurements there are: the files that run as scripts; others are shared by them."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if SCRIPT in path.read_text("utf-8"))


def run(name: str | None, words: Sequence[str] = (), *, record: bool = False) -> int:
    """Run one measurement, or all; with ``record`` their figures are added to docs/performance.md."""
    if name and name not in names():
        raise Failed(f"There is no bench/{name}.py. There are: {', '.join(names()) or 'none yet'}.")
    environment.ensure("dev")
    done = [measure(each, words) for each in ([name] if name else names())]
    if record:
        text = f"\n## {datetime.now().astimezone():%Y-%m-%d}\n\n{machine.size()}; commit {commit()}.\n"
        text += "".join(f"\n### {outcome.title}\n\n```text\n{said.strip()}\n```\n" for outcome, said in done)
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(text)
    return max((outcome.code for outcome, _ in done), default=0)


def measure(name: str, words: Sequence[str] = ()) -> tuple[Outcome, str]:
    """Run ``bench/<name>.py`` in a data folder of its own; the outcome (its last line closes it) and all it printed."""
    print(f"\n  {name}")
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ordertrail-bench-") as home:
        command, known = environment.python("-m", f"bench.{name}", *words, ORDERTRAIL_HOME=home)
        with subprocess.Popen(command, cwd=environment.ROOT, env=known, stdout=subprocess.PIPE) as running:
            said.extend(COLOUR.sub("", line).rsplit("\r", 1)[-1] for line in checks.lines_as_they_come(running))
    last = next((line for line in reversed(said) if line.strip()), "printed nothing")
    return Outcome(name, running.returncode, last), "\n".join(said)


def commit() -> str:
    """The short name of the commit that is checked out, with ``+`` when files differ from it."""
    words = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(words, cwd=environment.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
