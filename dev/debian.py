"""Programs that tests need and pip cannot bring: found, or installed from Debian's packages when we are root."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev import chromium, servers
from dev.say import Failed, step


@dataclass(frozen=True)
class Tool:
    """A program: what it is called, how to see whether it is there, its Debian packages, the tests that need it."""

    name: str
    there: Callable[[], bool]
    packages: tuple[str, ...]
    markers: tuple[str, ...] = ()


def chinese_font() -> bool:
    """Whether pictures show Chinese as signs and not as boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())


def postgresql() -> bool:
    """Whether PostgreSQL's server is installed."""
    return servers.postgresql_folder() is not None


def mariadb() -> bool:
    """Whether MariaDB's server is installed."""
    return bool(servers.mariadb_program() and shutil.which("mariadb-install-db"))


CHROMIUM = Tool("Chromium", lambda: chromium.program() is not None, ("chromium",), ("browser",))
PICTURES = (CHROMIUM, Tool("a Chinese font", chinese_font, ("fonts-noto-cjk", "fontconfig")))
TESTS = (
    CHROMIUM,
    Tool("PostgreSQL", postgresql, ("postgresql",), ("postgres", "store")),
    Tool("MariaDB", mariadb, ("mariadb-server",), ("mariadb",)),
)


def provide(tools: Sequence[Tool] = TESTS) -> list[Tool]:
    """Have the tools here: installs what is missing when root on Debian, and returns what is still missing.

    With ``CI=true`` something missing is a failure: there a test that is left out would look like one that passed.
    """
    missing = [tool for tool in tools if not tool.there()]
    if missing and may_install():
        install([package for tool in missing for package in tool.packages])
        missing = [tool for tool in missing if not tool.there()]
    if missing and os.environ.get("CI") == "true":
        raise Failed(f"{message(missing)}\nWith CI=true nothing is left out.")
    return missing


def message(missing: Sequence[Tool]) -> str:
    """What is missing, which tests need it, and the command that installs it."""
    names = ", ".join(tool.name for tool in missing)
    markers = sorted({marker for tool in missing for marker in tool.markers})
    tests = f" (for tests marked {', '.join(markers)})" if markers else ""
    packages = " ".join(package for tool in missing for package in tool.packages)
    return f"Missing: {names}{tests}. Debian: sudo apt-get install {packages}"


def may_install() -> bool:
    """Whether Debian's packages can be installed here without asking anybody."""
    return os.geteuid() == 0 and bool(shutil.which("apt-get")) and Path("/etc/debian_version").exists()


def install(packages: Sequence[str]) -> None:
    """Install Debian packages; raises Failed with apt's last words."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Debian: {' '.join(packages)}"):
        for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *words], env=quiet, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failed(f"apt-get {' '.join(words)} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")


def need_venv() -> None:
    """Have the standard library's ``venv`` whole: Debian keeps the part that brings pip in a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return
    if not may_install():
        raise Failed(
            "Python's venv is not whole here (ensurepip is missing). Debian: sudo apt-get install python3-venv"
        )
    install(["python3-venv"])
