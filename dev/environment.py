"""The project's environment ``.venv``: made once, filled with a lock's wheels, left alone while the lock is the same.

A lock (``requirements/run.txt``, ``dev.txt``) names each package with its version and the sha256 of its files; pip
refuses everything else. ``dev.txt`` holds all of ``run.txt`` in the same versions (a test compares them).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import debian
from dev.say import Failed, Step, duration, megabytes, step

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
COMMAND = FOLDER / "bin" / "ordertrail"
STAMP = FOLDER / "ordertrail.json"
CACHE = ROOT / ".cache"
COVERS = {"run": ("run",), "dev": ("dev", "run")}
"""Which locks are satisfied once a lock is installed."""

NOISE = re.compile(r"Location .* is ignored|^\s*\[notice\]|Running pip as the 'root' user|^\s*$")
FETCHED = re.compile(
    r"^\s*(?P<how>Downloading|Using cached) (?P<file>\S+) \((?P<size>[\d.]+) (?P<unit>bytes|kB|MB|GB)\)"
)
LOCAL = re.compile(r"^\s*Processing (?:file://)?(?P<file>/.+?\.whl)(?: \(from .*)?$")
UNITS = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


@dataclass
class Fetched:
    """Bytes of wheels by where they came from, as pip tells; ``count`` is the number of packages met so far."""

    downloaded: int = 0
    cached: int = 0
    local: int = 0
    count: int = 0

    def add(self, line: str) -> None:
        """Take in one line of pip's output.

        >>> met = Fetched()
        >>> met.add("Collecting idna==3.20"); met.add("  Downloading idna-3.20-py3-none-any.whl (68.2 kB)")
        >>> met
        Fetched(downloaded=68200, cached=0, local=0, count=1)
        """
        if line.lstrip().startswith(("Collecting ", "Requirement already satisfied", "Processing ")):
            self.count += 1
        if found := FETCHED.match(line):
            size = round(float(found["size"]) * UNITS[found["unit"]])
            if found["how"] == "Downloading":
                self.downloaded += size
            else:
                self.cached += size
        elif (found := LOCAL.match(line)) and Path(found["file"]).is_file():
            self.local += Path(found["file"]).stat().st_size

    def __str__(self) -> str:
        parts = [f"{megabytes(self.downloaded)} downloaded"]
        parts += [f"{megabytes(self.cached)} from pip's cache"] if self.cached else []
        parts += [f"{megabytes(self.local)} from a folder of this machine"] if self.local else []
        return ", ".join(parts)


def ensure(lock: str) -> None:
    """Have ``.venv`` hold the packages of ``lock`` (``run`` or ``dev``) and the command ``ordertrail``; when it does, only two
    small files are looked at."""
    if fits(lock) and COMMAND.exists():
        return
    with alone():
        if not fits(lock):  # else somebody else has just done it
            make_environment()
            install(lock)
        introduce()


def introduce() -> None:
    """Make ``.venv/bin/ordertrail`` the command of this checkout, which works from any folder."""
    for packages in (FOLDER / "lib").glob("python*/site-packages"):
        (packages / "ordertrail_checkout.pth").write_text(f"{ROOT}\n", "utf-8")
    text = f'#!/bin/sh\nexec "{PYTHON}" -m ordertrail "$@"\n'  # a shebang line may hold no blanks, a folder's name may
    COMMAND.write_text(text, "utf-8")
    COMMAND.chmod(0o755)


def fits(lock: str) -> bool:
    """Whether the stamp says that ``.venv`` was made here, by this Python, from the lock as it is now."""
    stamp = read_stamp()
    return stamp.get("made") == made() and stamp.get("locks", {}).get(lock) == sha256(lock)


def read_stamp() -> dict[str, Any]:
    """What the last install wrote down; empty where there was none."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def made() -> list[str]:
    """What an environment depends on besides its lock: its folder (scripts name it) and the Python it was made with."""
    return [str(FOLDER), sys.base_prefix, sys.version]


def sha256(lock: str) -> str:
    """The sha256 of a lock's file."""
    return hashlib.sha256(lock_file(lock).read_bytes()).hexdigest()


def lock_file(lock: str) -> Path:
    """The path of a lock's file."""
    return ROOT / "requirements" / f"{lock}.txt"


@contextmanager
def alone() -> Iterator[None]:
    """One dev.py at a time in here; a second one waits."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "environment.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_environment() -> None:
    """Make ``.venv``, unless there is one by this Python in this folder that works."""
    if read_stamp().get("made") == made() or (PYTHON.exists() and not STAMP.exists() and same_python()):
        return
    debian.need_venv()
    with step("environment"):
        done = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(FOLDER)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise Failed(f"Python could not make {FOLDER}: {(done.stderr or done.stdout).strip()}")


def same_python() -> bool:
    """Whether the Python in ``.venv`` runs and is of the version that runs now."""
    probe = subprocess.run(
        [str(PYTHON), "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=False
    )
    return probe.stdout.strip() == sys.version


def install(lock: str) -> None:
    """Install the wheels of ``lock``, hash for hash, and write the stamp; prints how much was downloaded."""
    total = len(re.findall(r"(?m)^[A-Za-z0-9]", lock_file(lock).read_text("utf-8")))
    command = [
        str(PYTHON), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "-r", str(lock_file(lock)),
        "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
    ]  # fmt: skip
    fetched = Fetched()
    said: list[str] = []
    with (
        step(f"packages of {lock}.txt") as running,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1) as pip,
    ):
        for line in pip.stdout or ():
            if not NOISE.search(line):
                said.append(line)
                fetched.add(line)
                tell(running, line, fetched, total)
        running.note = f"{total} packages: {fetched}"
    if pip.returncode:
        raise Failed(f"pip could not install {lock_file(lock).name}:\n{''.join(said[-25:])}")
    locks = {**read_stamp().get("locks", {}), **{name: sha256(name) for name in COVERS[lock]}}
    stamp = {"made": made(), "locks": locks, "fetched": {lock: str(fetched)}, "took": duration(running.seconds)}
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", "utf-8")


def tell(running: Step, line: str, fetched: Fetched, total: int) -> None:
    """Say on the step's line how far pip is."""
    installing = line.startswith("Installing collected packages")
    running.note = f"{min(fetched.count, total)} of {total}, {fetched}" if not installing else f"unpacking, {fetched}"


def python(*words: str, **more: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment variables that run ``.venv``'s Python on ``words`` for checks and tests.

    Django's settings get a data folder of their own under ``.cache``: no check touches a person's data. Compiled modules are kept
    even where Python is told not to: tests start hundreds of processes, and each would compile all of ours again.
    """
    home = CACHE / "home"
    home.mkdir(parents=True, exist_ok=True)
    ours = ("ORDERTRAIL_", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    known = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    known |= {"DJANGO_SETTINGS_MODULE": "ordertrail.config.settings", "ORDERTRAIL_HOME": str(home), "PYTHONUTF8": "1"}
    return [str(PYTHON), *words], known | more
