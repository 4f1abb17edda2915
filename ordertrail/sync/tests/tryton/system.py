"""A running Tryton for a test: installed once from the lock, filled once with our own company, served as a copy of that.

Tryton stays a separate process in an environment of its own, kept for every checkout of this person; nothing here imports it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev import servers

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ordertrail" / "tryton"
LOCK = ROOT / "requirements" / "tryton.txt"
WANTED = ROOT / "requirements" / "tryton.in"
SEED = f"{__package__}.seed"
DATABASE = "harbour"


@dataclass(frozen=True)
class Tryton:
    """A running Tryton with the company in it."""

    server: servers.Server

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{self.server.host}:{self.server.port}"

    def stop(self) -> None:
        """End it; its database goes with it."""
        self.server.stop()


def started() -> Tryton:
    """A new Tryton on a free port of this machine: some seconds, and two minutes where nothing of it is there yet.

    Raises RuntimeError with what the failing program printed.
    """
    with _alone():
        environment = _environment()
        filled = _filled(environment)
        folder = Path(tempfile.mkdtemp(prefix="ot-tr-", dir="/tmp"))
        shutil.copyfile(filled, folder / f"{DATABASE}.sqlite")
    port = servers.free_port()
    config = _config(folder, f"listen = 127.0.0.1:{port}")
    command = [str(environment / "bin" / "trytond"), "-c", str(config), "-d", DATABASE]
    look = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1).close()"
    return Tryton(servers.start("tryton", folder, None, port, command, [sys.executable, "-S", "-c", look]))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes what is kept; a second one waits and finds it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _environment() -> Path:
    """The environment with Tryton in it, made from the lock where there is none yet."""
    folder = CACHE / f"environment-{_name(LOCK.read_bytes(), sys.version.encode(), str(CACHE).encode())}"
    if not (folder / "whole").exists():
        _remove("environment-*")
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)])
        (folder / "whole").touch()
    return folder


def _filled(environment: Path) -> Path:
    """The database file with the company in it, made where there is none yet."""
    made_from = (file.read_bytes() for file in (LOCK, WANTED, *sorted(HERE.glob("seed*.py"))))
    path = CACHE / f"{DATABASE}-{_name(*made_from)}.sqlite"
    if not path.exists():
        _remove(f"{DATABASE}-*")
        with tempfile.TemporaryDirectory(prefix="ot-tr-", dir="/tmp") as made_in:
            folder = Path(made_in)
            config = _config(folder)
            database = folder / f"{DATABASE}.sqlite"
            database.touch()  # trytond-admin fills a file, and makes none
            password = folder / "password"
            password.write_text("admin-harbour\n", "utf-8")
            modules = re.findall(r"(?m)^trytond_(\w+)", WANTED.read_text("utf-8"))
            admin = [str(environment / "bin" / "trytond-admin"), "-c", str(config), "-d", DATABASE]
            more = ["--email", "admin@example.com", "-u", "ir", "res", *modules, "--activate-dependencies"]
            _run([*admin, *more], TRYTONPASSFILE=str(password))
            _run([str(environment / "bin" / "python"), "-m", SEED, str(config), DATABASE])
            whole = path.with_suffix(".new")
            shutil.copyfile(database, whole)
            whole.rename(path)
    return path


def _config(folder: Path, web: str = "") -> Path:
    """Tryton's settings: databases are files of this folder."""
    path = folder / "trytond.conf"
    path.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\n{web}\n", "utf-8")
    return path


def _name(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _remove(pattern: str) -> None:
    """What was kept for an older lock or an older company."""
    for path in CACHE.glob(pattern):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _run(command: Sequence[str], **variables: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TRYTON", "PYTHON"))}
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "PYTHONDONTWRITEBYTECODE": "1", **variables}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-3000:]}")
