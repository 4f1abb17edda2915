"""What dev.py says of pip's work, and how it knows that there is none to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev import debian, environment, links, locks
from dev.say import Failed


def test_what_pip_fetched_is_counted_by_where_it_came_from(tmp_path: Path) -> None:
    local = tmp_path / "orjson-3.13.0-cp311.whl"
    local.write_bytes(b"x" * 128_000)
    met = environment.Fetched()
    for line in (
        "Collecting django==5.2.19 (from -r requirements/run.txt (line 3))\n",
        "  Downloading django-5.2.19-py3-none-any.whl.metadata (4.1 kB)\n",
        "  Downloading django-5.2.19-py3-none-any.whl (8.3 MB)\n",
        "Collecting idna==3.20\n",
        "  Using cached idna-3.20-py3-none-any.whl (68 kB)\n",
        f"Processing {local} (from -r requirements/run.txt (line 524))\n",
        "Requirement already satisfied: rich==15.0.0 in ./lib\n",
        "Installing collected packages: django, idna, orjson\n",
    ):
        met.add(line)
    assert met == environment.Fetched(downloaded=8_304_100, cached=68_000, local=128_000, count=4)
    assert str(met) == "8.3 MB downloaded, 0.1 MB from pip's cache, 0.1 MB from a folder of this machine"


def test_the_environment_fits_until_the_lock_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    assert not environment.fits("run")
    stamp = {"made": environment.made(), "locks": {"run": environment.sha256("run")}}
    environment.STAMP.write_text(json.dumps(stamp), "utf-8")
    assert environment.fits("run")
    assert not environment.fits("dev")
    stamp["locks"] = {"run": "0" * 64}
    environment.STAMP.write_text(json.dumps(stamp), "utf-8")
    assert not environment.fits("run")


def test_the_command_works_from_any_folder_and_with_blanks_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder" / ".venv"
    packages = folder / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    monkeypatch.setattr(environment, "FOLDER", folder)
    monkeypatch.setattr(environment, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(environment, "COMMAND", folder / "bin" / "ordertrail")
    (folder / "bin" / "python").symlink_to(sys.executable)
    environment.introduce()
    assert (packages / "ordertrail_checkout.pth").read_text() == f"{environment.ROOT}\n"
    known = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{environment.ROOT}:{':'.join(sys.path)}"}
    done = subprocess.run(
        [str(environment.COMMAND), "--help"], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
    )
    assert "Usage: " in done.stdout


def test_devs_own_commands_stand_on_no_fixed_day_and_in_no_folder_of_the_tests() -> None:
    """``dev.py demo`` becomes ``ordertrail demo`` with its own environment: the company must be of today."""
    probe = (
        "import os; from dev import commands; print([name for name in os.environ if name.startswith('ORDERTRAIL_')])"
    )
    known = {name: value for name, value in os.environ.items() if not name.startswith("ORDERTRAIL_")}
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=environment.ROOT, env=known, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_missing_program_is_named_with_what_needs_it_and_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: False)
    monkeypatch.delenv("CI", raising=False)
    tool = debian.Tool("Chromium", lambda: False, ("chromium",), ("browser",))
    assert debian.provide([tool]) == [tool]
    said = "Missing: Chromium (for tests marked browser). Debian: sudo apt-get install chromium"
    assert debian.message([tool]) == said


def test_with_ci_a_missing_program_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: False)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Failed, match="With CI=true nothing is left out"):
        debian.provide([debian.Tool("Chromium", lambda: False, ("chromium",), ("browser",))])


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# Here it is\n[a](page.md#here-it-is) [b](gone.md) [c](#nowhere) [d](https://example.org/x) `[e](code.md)`\n",
        "utf-8",
    )
    assert list(links.broken(page)) == [
        "page.md: gone.md: there is no such file",
        "page.md: #nowhere: there is no such heading",
    ]


def test_the_locks_are_made_without_a_registrys_address() -> None:
    assert {"--generate-hashes", "--no-emit-index-url", "--no-emit-trusted-host"} <= set(locks.FLAGS)
