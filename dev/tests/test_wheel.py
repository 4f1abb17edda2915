"""The wheel is the product: it runs in a new environment, away from the checkout."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from dev.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.wheel, pytest.mark.slow]


def strange() -> dict[str, str]:
    """Our surroundings without what is ours."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("ORDERTRAIL_", "DJANGO_", "PYTHON"))}


def run(command: Sequence[str | Path], cwd: Path) -> str:
    """Run ``command`` as a stranger would, with nothing of this checkout in its surroundings; what it printed."""
    done = subprocess.run(command, cwd=cwd, env=strange(), capture_output=True, text=True, check=False)
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


@pytest.fixture(scope="module", params=["beside our packages", pytest.param("alone", marks=pytest.mark.full("wheel"))])
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A new environment with the wheel and what it runs on, in an empty folder; the path of its ``ordertrail``. The packages are those
    of the tests' own environment, which come from the same lock; installed anew (half a minute) in ``--full``."""
    folder = tmp_path_factory.mktemp("a stranger")
    environment = folder / "new environment"
    python = environment / "bin" / "python"
    run([sys.executable, "-m", "venv", environment], folder)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if request.param == "alone":
        lock = ROOT / "requirements" / "run.txt"
        run([*pip, "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], folder)
    else:
        (place,) = environment.glob("lib/python*/site-packages")
        (place / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    run([*pip, "install", "--quiet", "--no-deps", str(built)], folder)
    return environment / "bin" / "ordertrail"


def test_the_wheel_runs_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert "Usage: ordertrail" in run([installed, "--help"], tmp_path)


def test_the_wheel_serves_the_demo_company(installed: Path, tmp_path: Path) -> None:
    """From nothing to the first page (about a minute): styles, words and all, and it ends when it is told to."""
    port = free_port()
    words: list[str | Path] = [installed, "demo", "--home", tmp_path / "the company", "--port", str(port)]
    log = tmp_path / "demo.log"
    with log.open("w") as file:
        demo = subprocess.Popen(words, cwd=tmp_path, env=strange(), stdout=file, stderr=subprocess.STDOUT)
    try:
        page = first_page(demo, f"http://127.0.0.1:{port}/", log)
        assert "<title>" in page
        assert "Harbour Light Trading 港灯贸易" in page
        sheet = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert sheet
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{sheet[1]}", timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/css")
    finally:
        demo.send_signal(signal.SIGINT)
        ended = demo.wait(timeout=30)
    assert ended == 0
    told = log.read_text("utf-8")
    assert f"http://127.0.0.1:{port}/" in told
    assert "dana    harbour-light" in told
    assert "Stopped; nothing is lost." in told


def first_page(demo: subprocess.Popen[bytes], address: str, log: Path) -> str:
    """The page at ``address`` once it answers, within ten minutes: the machine may have other work."""
    until = time.monotonic() + 600
    while time.monotonic() < until and demo.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"no page at {address}:\n{log.read_text('utf-8')[-3000:]}")
