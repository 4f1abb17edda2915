"""The commands of dev.py."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from dev import bench, checks, environment, full, locks, shots
from dev.say import Failed


def main(words: Sequence[str] | None = None) -> int:
    """Run the command given on the command line; the answer is the exit code."""
    asked, more = parser().parse_known_args(words)
    try:
        return int(asked.run(asked, more))
    except Failed as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """What dev.py understands."""
    top = argparse.ArgumentParser(prog="python3 dev.py", description="The one command for whoever works on Ordertrail.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo", help="make the demo company by syncing its systems, and serve it on this machine"
    )
    demo.add_argument("--port", help="the port to serve on (8000, or the next free one)")
    demo.add_argument("--live", action="store_true", help="let the company live on, a working day a minute")
    demo.add_argument("--fresh", action="store_true", help="make the company anew")
    demo.set_defaults(run=run_demo)

    test = commands.add_parser("test", help="everything that each push must pass; unknown words go to pytest")
    size = test.add_mutually_exclusive_group()
    size.add_argument("--fast", action="store_true", help="the inner loop: no servers, no browser, at most a minute")
    size.add_argument(
        "--full", action="store_true", help="all there is, in parts that resume, with a report in docs/proof.md"
    )
    test.add_argument("--workers", default="2", metavar="N", help="tests at the same time (2)")
    test.set_defaults(run=run_test)

    pictures = commands.add_parser(
        "shots", help="every page as a picture: wide and narrow, three languages, light and dark"
    )
    pictures.add_argument("folder", nargs="?", default="shots", help="where the pictures go (shots)")
    pictures.set_defaults(run=run_shots)

    measure = commands.add_parser("bench", help="measure what docs/performance.md claims")
    measure.add_argument("name", nargs="?", help="one measurement; without it, all")
    measure.add_argument("--record", action="store_true", help="add the figures to docs/performance.md")
    measure.set_defaults(run=run_bench)

    lock = commands.add_parser("lock", help="write requirements/*.txt anew from requirements/*.in")
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions")
    lock.set_defaults(run=run_lock)
    return top


def run_demo(asked: argparse.Namespace, more: list[str]) -> int:
    """Install what the product runs on, and become ``ordertrail demo``."""
    environment.ensure("run")
    words = ["--port", asked.port] if asked.port else []
    words += [f"--{name}" for name in ("live", "fresh") if getattr(asked, name)]
    os.chdir(environment.ROOT)
    sys.stdout.flush()
    os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "ordertrail", "demo", *words, *more])


def run_test(asked: argparse.Namespace, more: list[str]) -> int:
    """Check and test."""
    if asked.full:
        if more:
            raise Failed(f"--full runs everything; it takes no words for pytest ({' '.join(more)}).")
        return full.run(asked.workers)
    return checks.run(fast=asked.fast, workers=asked.workers, words=more)


def run_shots(asked: argparse.Namespace, more: list[str]) -> int:
    """Take the pictures."""
    return shots.run(asked.folder, more)


def run_bench(asked: argparse.Namespace, more: list[str]) -> int:
    """Measure."""
    return bench.run(asked.name, more, record=asked.record)


def run_lock(asked: argparse.Namespace, more: list[str]) -> int:
    """Lock."""
    return locks.run(upgrade=asked.upgrade, words=more)
