"""The demo company lives on: each step is one of its working days, written into the same systems with new change times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson

from ordertrail.demo import lies
from ordertrail.demo.company import Company
from ordertrail.demo.facts import Facts, facts
from ordertrail.demo.rejects import Bad
from ordertrail.demo.sources import JOURNAL, grown
from ordertrail.demo.systems import everything
from ordertrail.demo.truth import CHINA
from ordertrail.demo.workdays import opening

STRETCH = timedelta(seconds=50)
"""Over so much real time before its end a day of the company is spread."""

WORKING_HOURS = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class LiveDay:
    """What happened on one day: documents made or changed by kind, the order put right and the order lied about."""

    day: date
    changed: dict[str, int] = field(default_factory=dict)
    mended: str = ""
    told: str = ""


class LiveCompany:
    """The company in ``folder``, which ``sources.write_sources`` made; it goes on where it stopped, also after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = orjson.loads((folder / JOURNAL).read_bytes())
        self._kept = kept
        self.company: Company
        self._bad: Bad
        self.company, self._bad = grown(date.fromisoformat(kept["today"]), kept["seed"], kept["days"])
        self.company.living = True
        self._last: datetime | None = None
        for began, ended in kept["steps"]:
            self._day(_moment(began), _moment(ended))
            self.company.touched = {}

    def step(self, now: datetime | None = None) -> LiveDay:
        """One company day. With ``now`` all its papers are dated in the minute before it, so that nothing lies in the
        future; without, they bear the company's own next day, for stories that stand on a fixed one.
        """
        began = ended = None
        if now is not None:
            ended = now.astimezone(CHINA)
            began = max(ended - STRETCH, self._last) if self._last else ended - STRETCH
            ended = max(ended, began)
        lived = self._day(began, ended)
        everything.write_changes(self.folder, self.company, self._bad)
        self._kept["steps"].append([began and began.isoformat(), ended and ended.isoformat()])
        fresh = (self.folder / JOURNAL).with_suffix(".new")
        fresh.write_bytes(orjson.dumps(self._kept))
        fresh.replace(self.folder / JOURNAL)
        return lived

    def facts(self) -> Facts:
        """What is true now."""
        return facts(self.company, self._bad.expected())

    def _day(self, began: datetime | None, ended: datetime | None) -> LiveDay:
        """Let the next working day happen, its moments put between ``began`` and ``ended`` where these are given."""
        company = self.company
        day = company.calendar.day_after(company.moment.date(), 0)
        morning = opening(day)

        def squeezed(moment: datetime) -> datetime:
            assert began is not None
            assert ended is not None
            passed = min(max((moment - morning) / WORKING_HOURS, 0.0), 1.0)
            return (began + passed * (ended - began)).replace(microsecond=0)

        company.written = (lambda moment: moment) if began is None else squeezed
        self._last = ended or self._last
        company.run_until(morning + WORKING_HOURS)
        mended, told = self._talk()
        company.run_until(morning.replace(hour=0, minute=0) + timedelta(days=1))
        changed = {kind: len(documents) for kind, documents in company.touched.items()}
        return LiveDay(day, changed, mended, told)

    def _talk(self) -> tuple[str, str]:
        """On most days somebody puts a lie right, and on most a new one is told."""
        company = self.company
        mended = lies.mend_one(company) if company.rng.random() < 0.6 else ""
        known = set(company.lied_about)
        if company.rng.random() < 0.6:
            lies.tell(company, company.rng.choice(lies.LIES))
        return mended, next((number for number in company.lied_about if number not in known), "")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
