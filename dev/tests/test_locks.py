"""The locks hold what they promise, and pip refuses everything that is not in them."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "requirements"
OTHER_SYSTEMS = {"pysqlite3", "colorama"}
"""Locked for some systems only."""
PIN = re.compile(r"(?m)^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)")


def pins(lock: str) -> dict[str, str]:
    """Package → version, as a lock has it."""
    return dict(PIN.findall((REQUIREMENTS / f"{lock}.txt").read_text("utf-8")))


def wheel(folder: Path, name: str, version: str = "1.0") -> Path:
    """A wheel of one module, as small as pip accepts."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "WORTH = 1\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={record_hash(text)},{len(text)}\n" for path, text in files.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(inner, text)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return path


def record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def install(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Install ``lines`` into ``folder``/site with the flags of dev.py, from the archives in ``folder``."""
    (folder / "lock.txt").write_text("\n".join(lines) + "\n", "utf-8")
    flags = ["--require-hashes", "--only-binary", ":all:", "--no-index", "--find-links", str(folder), "--isolated"]
    command = [sys.executable, "-m", "pip", "install", *flags, "--target", str(folder / "site"), "-r", "lock.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("lock", ["run", "dev", "tryton"])
def test_every_package_has_a_version_and_hashes_and_no_registry_is_named(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text("utf-8")
    entries = [entry for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", text) if PIN.match(entry)]
    assert len(entries) == len(pins(lock)) > 40
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|file:/|--index|--extra-index|--find-links|--trusted", text) == []


def test_the_lock_for_development_holds_all_that_the_product_runs_on() -> None:
    run, dev = pins("run"), pins("dev")
    assert {name: dev.get(name) for name in run} == run


def test_the_wheel_asks_for_what_the_lock_was_made_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (REQUIREMENTS / "run.in").read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == project["dependencies"]


def test_the_changelog_has_the_version_that_the_package_has() -> None:
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "ordertrail" / "__init__.py").read_text("utf-8"))
    newest = re.search(r"(?m)^## (\d\S*?),? ", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert version
    assert newest
    assert newest[1] == version[1]


def normal(name: str) -> str:
    """A package's name as registries compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_what_is_installed_here_is_what_the_lock_names_in_those_versions() -> None:
    installed = {normal(one.metadata["Name"]): one.version for one in metadata.distributions()}
    locked = {normal(name): version for name, version in pins("dev").items()}
    assert installed.keys() - locked.keys() <= {"pip", "setuptools"}  # pip came with the environment
    assert {name: installed[name] for name in installed if name in locked} == {
        name: locked[name] for name in installed if name in locked
    }
    assert locked.keys() - installed.keys() <= OTHER_SYSTEMS


def test_a_wheel_with_one_other_byte_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "lamps")
    right = f"lamps==1.0 --hash=sha256:{sha256(path)}"
    assert install(tmp_path, right).returncode == 0
    content = path.read_bytes()
    path.write_bytes(content.replace(b"WORTH = 1", b"WORTH = 2"))
    assert len(path.read_bytes()) == len(content)
    refused = install(tmp_path, right)
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def test_a_package_without_a_hash_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path, "lamps")
    wheel(tmp_path, "stranger")
    refused = install(tmp_path, f"lamps==1.0 --hash=sha256:{sha256(path)}", "stranger==1.0")
    assert refused.returncode == 1
    assert "Hashes are required in --require-hashes mode" in refused.stderr
    assert not (tmp_path / "site").exists()


def test_a_source_archive_is_refused_even_with_its_hash(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("from setuptools import setup; setup(name='lamps', version='1.0')\n", "utf-8")
    path = tmp_path / "lamps-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tmp_path / "setup.py", "lamps-1.0/setup.py")
    refused = install(tmp_path, f"lamps==1.0 --hash=sha256:{sha256(path)}")
    assert refused.returncode == 1
    assert "No matching distribution found" in refused.stderr
