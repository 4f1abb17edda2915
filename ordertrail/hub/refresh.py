"""Keeping the hub up to the store: what the worker and the command line call.

The work is done by a child process (``hub.child``), since ADBC's SQLite library must not open the store in a process that has
ours, and so that its memory goes back to the system.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from ordertrail.desk.models import Change
from ordertrail.hub import publish
from ordertrail.hub.folder import Folder
from ordertrail.lib import clock, disk
from ordertrail.lib.refused import Refused

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]
"""Called with (rows done, rows in all, table)."""

RETRY_SECONDS = 60.0
"""After a refresh has failed, how long ``refresh`` leaves it before it tries again."""

_failed_at: list[float] = []


class HubFailed(RuntimeError):
    """The child process could not do its work; the text is what it said."""


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: ``how`` ("nothing", "changes", "facts", "everything"), the number of changes and the one up to which the
    hub follows, seconds, whether readers see it, and the names of damaged files that were put aside."""

    how: str
    changes: int
    done_to: int
    seconds: float
    published: bool
    quarantined: tuple[str, ...] = ()


def folder() -> Folder:
    """The hub of this data folder."""
    return Folder(Path(settings.HOME) / "hub")


def refresh() -> Refreshed | None:
    """Follow the changes since the last call, and publish when that is due (at most every 5 s); None when there was nothing to do,
    when another process is at it, or for a minute after a failure. Costs one quick query when nothing has changed."""
    if _failed_at and time.monotonic() - _failed_at[-1] < RETRY_SECONDS:
        return None
    if not _anything_to_do(folder()):
        return None
    try:
        done = ask("refresh")
    except Refused as refused:
        log.info("%s", refused.detail)
        return None
    except HubFailed:
        _failed_at[:] = [time.monotonic()]
        raise
    _failed_at.clear()
    return done


def rebuild(progress: Progress | None = None) -> Refreshed:
    """Make the hub again from the store and publish it, whatever there was before; Refused when another process is at it."""
    _failed_at.clear()
    return ask("rebuild", progress)


def ask(what: str, progress: Progress | None = None, *, publish_now: bool = False) -> Refreshed:
    """Have a child process do "refresh", "facts" (all facts again from the base tables) or "rebuild"; HubFailed when it fails,
    Refused when another process is at it."""
    with Child() as child:
        told = child.ask(what, progress, publish_now=publish_now)
    return Refreshed(**{**told, "quarantined": tuple(told["quarantined"])})


def _anything_to_do(here: Folder) -> bool:
    told = here.current()
    if told is None or here.suspect.exists():
        return True
    newest: int | None = Change.objects.order_by("-id").values_list("id", flat=True).first()
    return (newest or 0) > told["done_to"] or publish.due(here, told["done_to"])


def store_url() -> str:
    """Where the store is, as the child process takes it."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:{Path(str(told['NAME'])).resolve()}"
    user, password, host = (quote(str(told[part] or ""), safe="") for part in ("USER", "PASSWORD", "HOST"))
    account = f"{user}:{password}@" if password else f"{user}@" if user else ""
    port = f":{told['PORT']}" if told["PORT"] else ""
    options = {name: value for name, value in (told.get("OPTIONS") or {}).items() if isinstance(value, str)}
    tail = f"?{urlencode(options)}" if options else ""
    return f"postgresql://{account}{host}{port}/{quote(str(told['NAME']), safe='')}{tail}"


class Child:
    """The hub's process, for as long as a ``with`` block."""

    def __enter__(self) -> Child:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ordertrail.hub.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=Path(__file__).resolve().parents[2],
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.process.kill()
        if self.process.stdin and self.process.stdout:
            self.process.stdin.close()
            self.process.stdout.close()
        self.process.wait()

    def ask(self, what: str, progress: Progress | None = None, *, publish_now: bool = False) -> dict[str, Any]:
        """The answer to one request; HubFailed or Refused as ``hub.refresh.ask`` says."""
        request = {
            "ask": what,
            "folder": str(folder().root),
            "store": store_url(),
            "now": clock.now().timestamp(),
            "publish_now": publish_now,
        }
        if self.process.stdin is None or self.process.stdout is None:
            raise HubFailed("the hub's process has no pipes")
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            told = json.loads(line)
            if "progress" in told:
                if progress is not None:
                    progress(*told["progress"])
            elif "busy" in told:
                raise Refused(
                    "hub_busy",
                    _("Process %(pid)s is refreshing the hub now; try again when it has ended.")
                    % {"pid": told["busy"]},
                )
            elif "error" in told:
                raise HubFailed(disk.full().detail if disk.is_full(told["error"]) else told["error"])
            else:
                answer: dict[str, Any] = told["answer"]
                return answer
        raise HubFailed(f"the hub's process ended with {self.process.wait()} and no answer")
