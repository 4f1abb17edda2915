"""A hub of its own for each test, and one child process for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ordertrail.hub import read
from ordertrail.hub import refresh as refreshing
from ordertrail.hub.folder import Folder
from ordertrail.hub.refresh import Child


@pytest.fixture(scope="session")
def process() -> Iterator[Child]:
    """The hub's process, started once (0.4 s) instead of for each refresh."""
    with Child() as child:
        yield child


@contextmanager
def empty_hub() -> Iterator[Folder]:
    """An empty hub folder beside the tests' store, gone afterwards."""
    root = Path(settings.HOME) / "hub"
    shutil.rmtree(root, ignore_errors=True)
    read.forget()
    refreshing._failed_at.clear()
    yield Folder(root)
    read.forget()
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def hub(transactional_db: None) -> Iterator[Folder]:
    """An empty hub; what tests write is committed, so that the child process sees it."""
    with empty_hub() as folder:
        yield folder


@pytest.fixture
def bring_up(hub: Folder, process: Child, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A function that brings the hub up to the store and publishes it at once; asks for anything else by name."""

    def ask(what: str = "refresh", root: Path | None = None) -> Any:
        with monkeypatch.context() as patched:
            if root is not None:
                patched.setattr(refreshing, "folder", lambda: Folder(root))
            return process.ask(what, publish_now=True)

    return ask
