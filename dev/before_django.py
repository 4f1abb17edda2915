"""What the tests fix before Django reads its settings: the data folder, the day and the store.

pytest loads this by ``-p`` (pyproject.toml), ahead of pytest-django and of every conftest. A test never sees the data
folder or the database of the person who runs it. Nothing else may import this file: it changes the environment at once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from dev import servers
from dev.servers import STORE_VARIABLE

TODAY = "2026-09-16"


def fix_environment() -> None:
    """Set ORDERTRAIL_HOME to a new folder of this process, ORDERTRAIL_TODAY, and the store (SQLite by default)."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    os.environ["ORDERTRAIL_TODAY"] = TODAY
    if worker:  # the parent process has made the folder
        home = Path(os.environ["ORDERTRAIL_HOME"]) / worker
        home.mkdir()
    else:
        home = Path(tempfile.mkdtemp(prefix="ordertrail-test-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    # A cluster for each process: checks wait for every running transaction of their cluster, the other process's tests too.
    choose_store(os.environ.get(STORE_VARIABLE, "sqlite"))
    os.environ["ORDERTRAIL_HOME"] = str(home)


def choose_store(name: str) -> None:
    """Let the store be a new file (``sqlite``) or a throw-away cluster (``postgresql``) that ends with this process."""
    os.environ.pop("ORDERTRAIL_DATABASE_URL", None)
    if name == "postgresql":
        server = servers.start_postgresql()
        atexit.register(server.stop)
        os.environ["ORDERTRAIL_DATABASE_URL"] = server.url("ordertrail")
    elif name != "sqlite":
        raise SystemExit(f"{STORE_VARIABLE} is {name!r}; it can be 'sqlite' or 'postgresql'.")


fix_environment()
