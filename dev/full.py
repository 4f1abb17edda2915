"""``dev.py test --full``: everything there is, in parts of at most an hour.

What each push runs comes first, and the measurements last, one after the other with nothing beside them; between them the parts that
tests are marked with, two at a time (each is one process with its own servers and data folder), each with its output in a log of its
own. Each part that passed is written down in ``.cache/full.json``; a run that was stopped goes on after it, as long as no file has
changed. When the last part is through, a dated report is added to docs/proof.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from dev import bench, checks, debian, environment, machine
from dev.checks import Outcome
from dev.say import Failed, duration, step
from dev.servers import STORE_VARIABLE

STATE = environment.CACHE / "full.json"
REPORT = environment.ROOT / "docs" / "proof.md"
WRITTEN_BY_RUNS = ("docs/proof.md", "docs/performance.md")
EVERY_PUSH = "every push"
TESTS = "tests: "
AT_ONCE = 2
"""Parts of tests that run beside each other: one for each core that the figures are given for."""


Work = Callable[[], list[Outcome]]
"""A part: does its work and tells how its runs ended."""


@dataclass(frozen=True)
class Result:
    """How a part ended: exit code, seconds, closing lines."""

    code: int
    seconds: float
    closing: list[str]


def run(workers: str) -> int:
    """Run all parts that have not passed on these very files, then write the report; 0 when all have passed."""
    environment.ensure("dev")
    if missing := debian.provide():
        raise Failed(f"--full leaves nothing out. {debian.message(missing)}")
    key = files_key()
    results = read_results(key)
    parts = all_parts(workers)
    for name, result in results.items():
        if name in parts and result.code == 0:
            print(f"  {name}: passed before ({duration(result.seconds)})")
    left = {name: work for name, work in parts.items() if name not in results or results[name].code}
    for name, result in ended(left):
        results[name] = result
        write_results(key, results)
    report = report_of({name: results[name] for name in parts})
    with REPORT.open("a", encoding="utf-8") as file:
        file.write(report)
    print(report)
    return max(result.code for result in results.values())


def ended(parts: dict[str, Work]) -> Iterator[tuple[str, Result]]:
    """Run the parts, and give each with its result as it ends."""
    beside = {name: work for name, work in parts.items() if name.startswith(TESTS)}
    alone = {name: work for name, work in parts.items() if name not in beside}
    before = {name: work for name, work in alone.items() if name == EVERY_PUSH}
    yield from one_by_one(before)
    yield from two_at_a_time(beside)
    yield from one_by_one({name: work for name, work in alone.items() if name not in before})


def one_by_one(parts: dict[str, Work]) -> Iterator[tuple[str, Result]]:
    """Parts with nothing beside them, their output on the screen."""
    for name, work in parts.items():
        print(f"\n  {name}", flush=True)
        yield name, timed(work)


def two_at_a_time(parts: dict[str, Work]) -> Iterator[tuple[str, Result]]:
    """Parts beside each other; a line on the screen when one ends. A stop lets none begin that still waits."""
    pool = ThreadPoolExecutor(AT_ONCE)
    running = {pool.submit(timed, work): name for name, work in parts.items()}
    if parts:
        print(f"\n  {len(parts)} parts of tests, {AT_ONCE} at a time: {', '.join(parts)}", flush=True)
    try:
        for future in as_completed(running):
            name, result = running[future], future.result()
            said = "passed" if result.code == 0 else "FAILED"
            print(
                f"  {name}: {said} ({duration(result.seconds)}) {'; '.join(result.closing)}  {log_of(name)}", flush=True
            )
            yield name, result
    finally:
        pool.shutdown(cancel_futures=True)


def log_of(name: str) -> Path:
    """Where a part's output goes that runs beside others."""
    return STATE.parent / f"full-{re.sub(r'[^A-Za-z0-9]+', '-', name.removeprefix(TESTS))}.log"


def all_parts(workers: str) -> dict[str, Work]:
    """The parts by name: what each push runs, each part that tests are marked with, each measurement."""
    parts: dict[str, Work] = {EVERY_PUSH: partial(every_push, workers)}
    parts |= {f"{TESTS}{name}": partial(tests_of, name) for name in test_parts()}
    return parts | {f"measurement: {name}": partial(measurement, name) for name in bench.names()}


def every_push(workers: str) -> list[Outcome]:
    """``dev.py test``."""
    for check in checks.cheap_checks():
        checks.pass_check(check)
    return list(checks.tests(fast=False, missing=(), workers=workers, words=()))


def tests_of(part: str) -> list[Outcome]:
    """The tests marked ``full(part)``, on SQLite, and those of the store among them on PostgreSQL too; their output goes to a log."""
    words = ("--part", part)
    with log_of(part).open("wb") as log:
        outcomes = [
            checks.pytest(f"{part}, the store on PostgreSQL", words, "1", log, **{STORE_VARIABLE: "postgresql"}),
            checks.pytest(part, words, "1", log),
        ]
    return [outcome for outcome in outcomes if outcome.ran or outcome.code]


def measurement(name: str) -> list[Outcome]:
    """``dev.py bench NAME``."""
    return [bench.measure(name)[0]]


def test_parts() -> list[str]:
    """The parts that tests are marked with."""
    command, variables = environment.python("-m", "pytest", "--collect-only", "--parts", "--color=no")
    with step("looking for parts"):
        done = subprocess.run(command, cwd=environment.ROOT, env=variables, capture_output=True, text=True, check=False)
    if done.returncode not in (0, checks.NOTHING_RAN):
        raise Failed(f"The tests could not be collected:\n{done.stdout[-3000:]}")
    return [line.removeprefix("part: ") for line in done.stdout.splitlines() if line.startswith("part: ")]


def timed(work: Callable[[], list[Outcome]]) -> Result:
    """Do a part; a check that failed is its closing line."""
    began = time.monotonic()
    try:
        outcomes = work()
    except Failed as problem:
        print(problem)
        outcomes = [Outcome("", 1, str(problem).splitlines()[-1])]
    closing = [outcome.closing.strip(" =") for outcome in outcomes]
    return Result(max((outcome.code for outcome in outcomes), default=0), time.monotonic() - began, closing)


def files_key() -> str:
    """A name for the files as they are, committed or not, but for what such runs write: a commit of their reports changes nothing."""
    committed = [line for line in git("ls-tree", "-r", "HEAD") if not line.endswith(WRITTEN_BY_RUNS)]
    apart = [f":(exclude){path}" for path in WRITTEN_BY_RUNS]
    differing = [*git("diff", "HEAD", "--", ".", *apart), *git("status", "--porcelain", "--", ".", *apart)]
    return hashlib.sha256("\n".join([*committed, *differing]).encode()).hexdigest()


def git(*words: str) -> list[str]:
    """The lines that a command of git says about this folder."""
    done = subprocess.run(["git", *words], cwd=environment.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def read_results(key: str) -> dict[str, Result]:
    """The results of earlier runs on the same files; none when a file has changed since."""
    try:
        state: dict[str, Any] = json.loads(STATE.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: Result(**result) for name, result in state["parts"].items()} if state.get("files") == key else {}


def write_results(key: str, results: dict[str, Result]) -> None:
    """Keep the results for a run that goes on."""
    state = {"files": key, "parts": {name: asdict(result) for name, result in results.items()}}
    STATE.write_text(json.dumps(state, indent=1, ensure_ascii=False) + "\n", "utf-8")


def report_of(results: dict[str, Result]) -> str:
    """The report as a section of docs/proof.md."""
    rows = "".join(
        f"| {name} | {'passed' if result.code == 0 else '**failed**'} | {duration(result.seconds)} |"
        f" {'; '.join(result.closing).replace('|', '/')} |\n"
        for name, result in results.items()
    )
    return (
        f"\n## {datetime.now().astimezone():%Y-%m-%d %H:%M %z}, commit {bench.commit()}\n\n{machine.size()}.\n\n"
        f"| part | result | time | closing line |\n| --- | --- | --- | --- |\n{rows}"
    )
