"""``dev.py test``: the cheap checks one after the other, then the tests; pytest's own closing line is printed last."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from dev import debian, environment, servers
from dev.say import Failed, duration, step
from dev.servers import STORE_VARIABLE

SLOW = ("slow", "postgres", "mariadb", "browser", "tryton", "wheel")
CLOSING = re.compile(r"^(\x1b\[[\d;]*m)*=+ .*\bin \d[\d.]*s.* =+(\x1b\[[\d;]*m)*$")
NOTHING_RAN = 5
"""pytest's exit code when no test was chosen."""


@dataclass(frozen=True)
class Check:
    """A check of the whole tree that takes seconds: its title, and the words that ``.venv``'s Python runs."""

    title: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a run of pytest ended: what was tested, its exit code, its closing line, and whether any test ran."""

    title: str
    code: int
    closing: str
    ran: bool = True


def run(*, fast: bool = False, workers: str = "2", words: Sequence[str] = ()) -> int:
    """Run checks and tests; the answer is the exit code, 0 when all is well. Stops at the first check that fails."""
    began = time.monotonic()
    environment.ensure("dev")
    missing = [] if fast else debian.provide()
    for check in cheap_checks():
        pass_check(check)
    outcomes = list(tests(fast=fast, missing=missing, workers=workers, words=words))
    print(f"\n  {'in all':<30} {duration(time.monotonic() - began):>9}")
    if missing:
        print(f"\n  NOT TESTED HERE. {debian.message(missing)}")
    for outcome in outcomes:
        print(f"\n  {outcome.title}\n{outcome.closing}")
    return max(outcome.code for outcome in outcomes)


def cheap_checks() -> Iterator[Check]:
    """The checks, the quickest first."""
    yield Check("format", ("-m", "ruff", "format", "--check", "--output-format", "concise", "."))
    yield Check("lint", ("-m", "ruff", "check", "--quiet", "--output-format", "concise", "."))
    yield Check("documents", ("-m", "dev.links"))
    yield Check("imports", ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"))
    if (environment.ROOT / "ordertrail" / "lib" / "words.py").exists():
        yield Check("translations", ("-m", "ordertrail.lib.words", "--check"))
    yield Check("migrations", ("-m", "django", "makemigrations", "--check", "--dry-run"))
    yield Check("types", ("-m", "mypy"))


def pass_check(check: Check) -> None:
    """Run a check; raises Failed with everything it said when it is not content."""
    command, variables = environment.python(*check.words)
    with step(check.title):
        done = subprocess.run(
            command, cwd=environment.ROOT, env=variables, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    if done.returncode:
        raise Failed(f"{done.stdout.strip()}\n\n{check.title}: failed")


def tests(*, fast: bool, missing: Sequence[debian.Tool], workers: str, words: Sequence[str]) -> Iterator[Outcome]:
    """Run the tests: those of the store on PostgreSQL first, then all on SQLite."""
    left_out = {*SLOW} if fast else {marker for tool in missing for marker in tool.markers}
    if not fast and servers.postgresql_folder():
        yield pytest("the store on PostgreSQL", words, workers, **{STORE_VARIABLE: "postgresql"})
    chosen = ("-m", "not (" + " or ".join(sorted(left_out)) + ")") if left_out else ()
    yield pytest("everything" if not fast else "everything quick", (*chosen, *words), workers)


def pytest(title: str, words: Sequence[str], workers: str, log: BinaryIO | None = None, /, **variables: str) -> Outcome:
    """Run pytest with its output as it comes, on the screen or into ``log``; a run in which given ``words`` choose no test is well."""
    to = log or sys.stdout.buffer
    sys.stdout.flush()
    to.write(f"\n  {title}\n".encode())
    parallel = () if workers in {"0", "1"} else ("-n", workers, "--dist", "loadgroup")
    colour = "yes" if log is None and sys.stdout.isatty() else "no"
    command, known = environment.python("-m", "pytest", f"--color={colour}", *parallel, *words, **variables)
    closing = ""
    errors = None if log is None else subprocess.STDOUT
    with subprocess.Popen(command, cwd=environment.ROOT, env=known, stdout=subprocess.PIPE, stderr=errors) as running:
        for line in lines_as_they_come(running, to):
            if CLOSING.match(line):
                closing = line
    ran = running.returncode != NOTHING_RAN
    code = running.returncode if ran or not words else 0
    return Outcome(title, code, closing or f"pytest ended with exit code {running.returncode} and no closing line", ran)


def lines_as_they_come(running: subprocess.Popen[bytes], to: BinaryIO | None = None) -> Iterator[str]:
    """Pass a program's output on at once, dots and all, to the screen or to ``to``, and give each whole line."""
    to = to or sys.stdout.buffer
    if running.stdout is None:
        return
    rest = b""
    while piece := os.read(running.stdout.fileno(), 65_536):
        to.write(piece)
        to.flush()
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")
