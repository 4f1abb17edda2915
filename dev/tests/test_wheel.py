"""The wheel is the product: it runs in a new environment, away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.wheel, pytest.mark.slow]


def run(command: Sequence[str | Path], cwd: Path) -> str:
    """Run ``command`` as a stranger would, with nothing of this checkout in its surroundings; what it printed."""
    strange = {
        key: value for key, value in os.environ.items() if not key.startswith(("ORDERTRAIL_", "DJANGO_", "PYTHON"))
    }
    done = subprocess.run(command, cwd=cwd, env=strange, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files that git knows, in a folder whose name has blanks (2 s)."""
    folder = tmp_path_factory.mktemp("the wheel")
    source = folder / "a checkout"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder], source)
    (wheel,) = folder.glob("ordertrail-*.whl")
    return wheel


def test_the_wheel_holds_the_package_with_its_pages_and_no_tests(built: Path) -> None:
    names = zipfile.ZipFile(built).namelist()
    assert "ordertrail/__init__.py" in names
    assert [name for name in names if name.endswith(".html")]
    assert [name for name in names if "/tests/" in name or name.startswith("dev")] == []


def test_the_wheel_runs_without_the_checkout(built: Path, tmp_path: Path) -> None:
    environment = tmp_path / "new environment"
    run([sys.executable, "-m", "venv", environment], tmp_path)
    pip: list[str | Path] = [
        environment / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    lock = ROOT / "requirements" / "run.txt"
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock], tmp_path)
    run([*pip, "--no-deps", built], tmp_path)
    assert "Usage: ordertrail" in run([environment / "bin" / "ordertrail", "--help"], tmp_path)
