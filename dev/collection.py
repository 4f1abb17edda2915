"""Which tests run where: pytest's plugin (``-p`` in pyproject.toml) that marks, sorts and leaves out.

A test that asks for a server or a browser carries that marker by itself, so nobody can forget it. Tests marked ``full``
run only when a part is asked for by ``--part``.
"""

from __future__ import annotations

import os

import pytest

from dev.servers import STORE_VARIABLE

MARKED_BY_FIXTURE = {"postgres_server": "postgres", "mariadb_server": "mariadb", "browser": "browser"}
ALONE = ("browser", "tryton", "wheel", "postgres", "mariadb")
"""Markers whose tests run one after the other on one worker, which then starts the server or browser once. The longest row comes
first, and all of them before the other tests: a row that began last would leave the other worker without work."""

PARTS = pytest.StashKey[list[str]]()
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--part NAME``, ``--parts`` and ``--update-golden``."""
    group = parser.getgroup("ordertrail")
    group.addoption("--part", metavar="NAME", help="run the tests marked full(NAME), and no others")
    group.addoption("--parts", action="store_true", help="print the parts that tests are marked with, and run nothing")
    group.addoption(
        "--update-golden", action="store_true", help="write golden files anew; look at the difference, then commit"
    )


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their fixtures, then keep those of the part, or of the store, that this run is about."""
    for item in items:
        mark_by_fixtures(item)
    if config.getoption("--parts"):
        config.stash[PARTS] = sorted(set(map(part_of, items)) - {""})
        items.clear()
        return
    wanted = config.getoption("--part") or ""
    on_postgresql = os.environ.get(STORE_VARIABLE) == "postgresql"
    keep = [item for item in items if part_of(item) == wanted and (not on_postgresql or shares_the_store(item))]
    left = [item for item in items if item not in keep]
    if left:
        config.hook.pytest_deselected(items=left)
    items[:] = sorted(keep, key=place)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """The parts, one a line, where they were asked for."""
    return [f"part: {name}" for name in config.stash.get(PARTS, [])]


def mark_by_fixtures(item: pytest.Item) -> None:
    """Add the markers of the servers that ``item`` asks for, and the group that keeps such tests on one worker."""
    for fixture, marker in MARKED_BY_FIXTURE.items():
        if fixture in getattr(item, "fixturenames", ()):
            item.add_marker(marker)
    for marker in ALONE:
        if item.get_closest_marker(marker):
            item.add_marker(pytest.mark.xdist_group(marker))
            return


def place(item: pytest.Item) -> int:
    """Where ``item`` stands among the tests of this run: as in ``ALONE``, the others after them."""
    return next((at for at, marker in enumerate(ALONE) if item.get_closest_marker(marker)), len(ALONE))


def part_of(item: pytest.Item) -> str:
    """The part of ``--full`` that ``item`` belongs to; empty for a test of every run."""
    marker = item.get_closest_marker("full")
    return str(marker.args[0]) if marker else ""


def shares_the_store(item: pytest.Item) -> bool:
    """Whether ``item`` says something about the store that must hold on PostgreSQL as on SQLite."""
    names = {mark.name for mark in item.iter_markers()}
    if names & {"sqlite", *ALONE}:
        return False
    uses_database = "django_db" in names or bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
    return uses_database and (not names & {"slow", "full"} or "store" in names)
