"""The hub's process: reads the store, writes the hub, publishes. Started by ``hub.refresh`` as ``python -m ordertrail.hub.child``.

It takes one request a line as JSON on the standard input and answers with lines of JSON: any number of
``{"progress": [done, total, table]}`` and one ``{"answer": …}``, ``{"busy": pid}`` or ``{"error": text}``. A process of its own
because ADBC's SQLite library must not open the store beside ours, and because its memory goes back to the system when it ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from ordertrail.hub import fingerprint, publish
from ordertrail.hub.damage import is_damage
from ordertrail.hub.folder import Busy, Folder
from ordertrail.hub.load import Settled, Store
from ordertrail.hub.run import Hub
from ordertrail.hub.tables import spec

MANY = 100_000
"""From so many changes on, everything is read again: that is quicker, and as right."""

Tell = Callable[[dict[str, Any]], None]


@dataclass
class Done:
    """What a refresh did: ``how`` ("nothing", "changes", "facts", "everything"), how many changes, up to which, and how long it
    took; ``published``: the newest snapshot follows that far; ``quarantined``: damaged files that were put aside."""

    how: str
    changes: int
    done_to: int
    seconds: float
    published: bool
    quarantined: list[str]


class Owner:
    """The one process that writes a hub, for one request."""

    def __init__(self, folder: Folder, store: str, now: float, tell: Tell) -> None:
        self.folder, self.store, self.read_at, self.tell = folder, store, now, tell
        self.begun = time.monotonic()
        self.quarantined: list[str] = []

    def refresh(self, least: str = "refresh", *, publish_now: bool = False) -> Done:
        """Bring the hub up to the store, by the cheapest way that is right and does at least ``least``: "refresh" follows the
        changes, "facts" makes all facts again from the base tables, "rebuild" everything. Busy when another process is at it."""
        with self.folder.owned(), self._tidied():
            how, changes = self._refreshed(least)
            told = self.folder.current()
            if told is None:
                raise LookupError("the hub that was just made is not there")
            if publish_now or how in ("facts", "everything") or publish.due(self.folder, told["done_to"]):
                publish.publish(self.folder, self.folder.root / told["facts"], told["done_to"], told["read_at"])
            last = publish.newest(self.folder)
            published = last is not None and last.done_to == told["done_to"]
            seconds = round(time.monotonic() - self.begun, 3)
            return Done(how, changes, told["done_to"], seconds, published, self.quarantined)

    @contextmanager
    def _tidied(self) -> Iterator[None]:
        """Nothing lies about that no pointer names; above all not after a failure, which may be that the disk is full."""
        self.folder.tidy()
        try:
            yield
        except Exception:
            self.folder.tidy()
            publish.remove_old(self.folder)
            raise

    def _refreshed(self, least: str) -> tuple[str, int]:
        if self.folder.suspect.exists():
            self.quarantined = self.folder.quarantine()
        told = None if least == "rebuild" else self.folder.current()
        if told is None:
            return self._rebuild()
        try:
            return self._follow(told, least)
        except duckdb.Error as error:
            if not is_damage(error):
                raise
            self.quarantined = self.folder.quarantine()
            sys.stderr.write(f"hub: {type(error).__name__}: {error}; put aside {', '.join(self.quarantined)}\n")
            return self._rebuild()

    def _open(self, told: dict[str, Any]) -> Hub:
        return Hub(self.folder.root / told["base"], self.folder.root / told["facts"], self.folder.scratch)

    def _follow(self, told: dict[str, Any], least: str) -> tuple[str, int]:
        """Follow the changes since the last refresh; make the facts or all of it again where that is not enough."""
        with self._open(told) as hub, Store(self.store, (told.get("waiting", 0), told.get("transaction", 0))) as store:
            (base_spec, after), (facts_spec, facts_to) = hub.state("base"), hub.state("facts")
            settled = store.settled
            upto = max(after, settled.upto)
            base_stands = base_spec == spec("base") and upto - after <= MANY
            if base_stands:
                hub.fetch_changed(store, after, upto)
                # A killed process may have brought the base tables further than the facts.
                whole = facts_spec == spec("dim", "fact") and facts_to == after and not hub.renamed_source()
                hub.apply_base(upto)
                if whole and least == "refresh":
                    hub.apply_facts(upto)
                    self._point(told, upto, settled)
                    return ("changes" if upto > after else "nothing"), upto - after
        return self._remake_facts(told, upto, settled) if base_stands else self._rebuild()

    def _remake_facts(self, told: dict[str, Any], upto: int, settled: Settled) -> tuple[str, int]:
        """Make all dim and fact tables from the base tables, in a file beside."""
        facts = self.folder.fresh("facts")
        with Hub(self.folder.root / told["base"], facts, self.folder.scratch) as hub:
            hub.make_state("facts", "dim", "fact")
            hub.make_all()
            hub.done_to("facts", upto)
        self._point({**told, "facts": facts.name}, upto, settled)
        self.folder.tidy()
        return "facts", 0

    def _rebuild(self) -> tuple[str, int]:
        """Make everything from the store, in files beside, and change over to them."""
        base, facts = self.folder.fresh("base"), self.folder.fresh("facts")
        with Store(self.store, patience=60) as store, Hub(base, facts, self.folder.scratch) as hub:
            settled = store.settled
            hub.make_state("base", "base")
            hub.make_state("facts", "dim", "fact")
            hub.load_all(store, lambda done, total, table: self.tell({"progress": [done, total, table]}))
            hub.make_all()
            hub.done_to("base", settled.upto)
            hub.done_to("facts", settled.upto)
        self._point({"base": base.name, "facts": facts.name}, settled.upto, settled)
        self.folder.tidy()
        return "everything", 0

    def _point(self, files: dict[str, Any], upto: int, settled: Settled) -> None:
        self.folder.point(
            {
                "base": files["base"],
                "facts": files["facts"],
                "done_to": upto,
                "read_at": self.read_at,
                "waiting": settled.waiting,
                "transaction": settled.transaction,
            }
        )

    def prints(self) -> dict[str, str]:
        """The fingerprints of all tables of the hub as it is."""
        with self.folder.owned():
            told = self.folder.current()
            if told is None:
                return {}
            with self._open(told) as hub:
                return fingerprint.of(hub.connection)


def answer(request: dict[str, Any], tell: Tell) -> None:
    """Do what one request asks, and tell what came of it."""
    owner = Owner(Folder(Path(request["folder"])), request["store"], request["now"], tell)
    try:
        if request["ask"] == "fingerprint":
            tell({"answer": owner.prints()})
        else:
            tell({"answer": asdict(owner.refresh(request["ask"], publish_now=request.get("publish_now", False)))})
    except Busy as busy:
        tell({"busy": busy.pid})
    except Exception:  # noqa: BLE001  the parent must hear of whatever happened here
        tell({"error": traceback.format_exc()})


def main() -> None:
    """Answer requests until the standard input ends."""
    os.nice(5)  # pages come first
    for line in sys.stdin:
        answer(json.loads(line), lambda told: print(json.dumps(told), flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
