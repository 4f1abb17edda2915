"""A company as ``ordertrail init`` makes it. Making one takes seconds, so each test process makes one, and copies it."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from ordertrail.config.home import company_settings, write_company_settings

PASSWORD = "twelve signs and more"


def new_company(home: Path, **settings: str) -> None:
    """An empty company in the folder ``home``, its store on SQLite, with Dana as its administrator; ``settings`` of the company."""
    shutil.copytree(_made(), home)
    write_company_settings(home, replace(company_settings(home), **settings))


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ordertrail-company-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "password").write_text(PASSWORD, "utf-8")
    words = ("--company", "Made", "--currency", "CNY", "--user", "dana", "--password-file", str(folder / "password"))
    elsewhere = {name: told for name, told in os.environ.items() if name != "ORDERTRAIL_DATABASE_URL"}
    subprocess.run(
        [sys.executable, "-m", "ordertrail", "init", *words, "--home", str(folder / "home")],
        env=elsewhere, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "home"
