"""The demo company, made once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ordertrail.demo.sources import DemoCompany, source_settings, write_sources


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoCompany:
    """Harbour Light Trading as it stands in the night before 2026-09-16."""
    return write_sources(tmp_path_factory.mktemp("harbour") / "sources")


@pytest.fixture(scope="session")
def young(tmp_path_factory: pytest.TempPathFactory) -> DemoCompany:
    """The same company when it is only 75 days old: quicker to make, to read and to live with."""
    return write_sources(tmp_path_factory.mktemp("young") / "sources", days=75)


@pytest.fixture(scope="session")
def crm_address(demo: DemoCompany) -> Iterator[str]:
    """The address of its CRM, answering while the tests run."""
    with demo.serve_crm(port=0) as server:
        yield server.address


@pytest.fixture(scope="session")
def settings_of(demo: DemoCompany, crm_address: str) -> dict[str, dict[str, object]]:
    """Its sources by code."""
    return {setting["code"]: setting for setting in source_settings(demo, crm_address)}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` with its bytes."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
