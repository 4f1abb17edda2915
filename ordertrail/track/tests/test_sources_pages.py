"""Sources: what each card says, what is asked of the worker, what waits, and that no credential is ever shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from ordertrail.desk.models import Act
from ordertrail.lib import clock
from ordertrail.parties.models import Person
from ordertrail.records.models import Source
from ordertrail.sync.models import Cursor, Job, Reject, SyncRun
from ordertrail.sync.secrets import seal, unseal
from ordertrail.sync.story import entry
from ordertrail.track.fresh import as_of
from ordertrail.track.source_cards import bars, cards
from ordertrail.track.source_page import shown_settings
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db

STREAM = {"kind": "order", "from": "orders", "key": "id", "cursor": "changed", "fields": {"number": "no"}}


@pytest.fixture
def root(client: Client) -> Person:
    """Root administers; logged in."""
    one = person("root")
    client.force_login(one)
    return one


def source(code: str, **more: Any) -> Source:
    """A source that is synced every ten minutes."""
    kept = {
        "name": code.upper(),
        "kind": code,
        "connector": "sql",
        "every_minutes": 10,
        "settings": {"streams": [STREAM]},
    }
    return Source.objects.create(code=code, **{**kept, **more})


def run(of: Source, minutes_ago: int, state: str = "done", **more: Any) -> SyncRun:
    """A run that began so long ago and took 42 seconds."""
    at = clock.now() - timedelta(minutes=minutes_ago)
    ended = None if state == "running" else at + timedelta(seconds=42)
    kept = {"trigger": "schedule", "as_of": at, "started_at": at, "ended_at": ended, "expected": 0}
    return SyncRun.objects.create(source=of, state=state, **{**kept, **more})


def states() -> dict[str, str]:
    """What is said of each source."""
    return {card.source.code: card.state for card in cards(list(Source.objects.order_by("code")))}


def test_each_source_is_said_to_be_as_it_is(root: Person) -> None:
    run(source("a-fresh"), 24)
    run(source("b-stale"), 26)
    failed = source("c-failed")
    run(failed, 20)
    run(failed, 10, "failed", error="Timed out.")
    run(source("d-held"), 5, "held")
    running = source("e-running")
    run(running, 30)
    run(running, 1, "running", read=930, expected=1240)
    source("f-never")
    run(source("g-off", active=False), 5)
    run(source("h-waiting"), 5)
    Job.objects.create(kind="sync", args={"source": "h-waiting"}, asked_at=clock.now(), due_at=clock.now())
    run(source("i-file", every_minutes=None), 24 * 60)
    assert states() == {
        "a-fresh": "fresh", "b-stale": "stale", "c-failed": "failed", "d-held": "held", "e-running": "running",
        "f-never": "never", "g-off": "off", "h-waiting": "waiting", "i-file": "fresh",
    }  # fmt: skip


def test_a_running_sync_says_how_far_it_is_and_how_long_it_takes(root: Person, client: Client) -> None:
    run(source("erp"), 1, "running", read=930, new=11, changed=38, unchanged=880, rejected=1, expected=1240)
    page = client.get("/sources/").content.decode()
    assert '930</span> / <span class="num">1,240' in page
    (card,) = cards(list(Source.objects.all()))
    assert card.left == timedelta(seconds=20)
    assert 'hx-trigger="every 2s"' in page
    fragment = client.get("/sources/erp/card/", headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith("<section")
    assert client.get("/sources/erp/card/").headers["Location"] == "/sources/erp/"
    SyncRun.objects.update(state="done", ended_at=clock.now())
    ended = client.get("/sources/erp/card/", headers={"HX-Request": "true"})
    assert "every 2s" not in ended.content.decode()
    assert "HX-Refresh" not in ended.headers
    there = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sources/erp/"}
    assert client.get("/sources/erp/card/", headers=there).headers["HX-Refresh"] == "true"


def test_counts_add_up_and_runs_are_drawn(root: Person, client: Client) -> None:
    oms = source("oms")
    for minutes in range(300, 0, -10):
        run(oms, minutes, read=318, new=6, changed=21, unchanged=290, rejected=1)
    page = re.sub(r"\s+", " ", client.get("/sources/").content.decode())
    assert "last round: 318 read = 6 new + 21 changed + 290 unchanged + 1 rejected" in page
    assert page.count('<rect class="pt"') == 24
    assert bars([SyncRun(state="held", read=4), SyncRun(state="running", read=9), SyncRun(state="done", read=4)]) == [
        ("pt", 18), ("ok", 18),
    ]  # fmt: skip


def test_the_pill_says_how_fresh_everything_is(root: Person, client: Client) -> None:
    assert as_of() is None
    old = run(source("mes"), 223)
    run(source("oms"), 6)
    run(source("off", active=False), 5000)
    told = as_of()
    assert told is not None
    assert (told.at, told.fresh, told.total) == (old.as_of, 1, 2)
    page = client.get("/sources/").content.decode()
    assert "1 of 2 sources fresh" in page
    source("new")
    told = as_of()
    assert told is not None
    assert (told.fresh, told.total) == (1, 3)


def test_syncs_are_asked_of_the_worker_once(root: Person, client: Client) -> None:
    source("oms")
    source("erp")
    source("off", active=False)
    answer = client.post("/sources/oms/sync/", follow=True).content.decode()
    assert "OMS will be synced as soon as the worker is free." in answer
    client.post("/sources/oms/sync/", {"from": "source"})
    client.post("/sources/sync/")
    assert sorted(job.args["source"] for job in Job.objects.filter(kind="sync")) == ["erp", "oms"]
    assert {job.asked_by for job in Job.objects.all()} == {root}
    assert client.get("/sources/oms/sync/").status_code == 405


def rejects(of: Source) -> list[Reject]:
    """Two items that could not be read."""
    kept = {"source": of, "stream": "order", "at": clock.now() - timedelta(minutes=64)}
    return [
        Reject.objects.create(ref="17", place="row 18", column="qty", code="not_a_number", detail="“<b>x” is not a number.",
                              raw='{"qty": "<b>x"}', **kept),
        Reject.objects.create(ref="19", place="row 20", column="", code="key_repeated", detail="It stands there twice.", **kept),
    ]  # fmt: skip


def test_what_could_not_be_read_waits_with_its_reason_and_way_out(root: Person, client: Client) -> None:
    first, second = rejects(source("oms"))
    page = client.get("/sources/").content.decode()
    table = page.split('id="rejects"')[1]
    assert "“&lt;b&gt;x” is not a number." in table
    assert "1 h 4 min" in table
    assert table.count("/sources/oms/mapping/?stream=order") == 1  # only the first may be mended there
    text = client.get(f"/rejects/{first.pk}/").content.decode()
    assert "{&quot;qty&quot;: &quot;&lt;b&gt;x&quot;}" in text
    client.post("/rejects/replay/", {"reject": second.pk})
    assert Job.objects.get(kind="replay").args == {"source": "oms", "rejects": [second.pk]}
    client.post("/rejects/replay/")
    assert Job.objects.filter(kind="replay", args={"source": "oms"}).count() == 1
    Reject.objects.update(solved_at=clock.now())
    assert "Nothing waits to be read again." in client.post("/rejects/replay/", follow=True).content.decode()


def test_a_run_tells_its_story(root: Person, client: Client) -> None:
    oms = source("oms")
    story = [
        entry("first", stream="order"),
        entry("counted", stream="order", read=9, new=6, changed=1, unchanged=1, rejected=1),
        entry("failed", detail="The database went away."),
    ]
    counts = {"read": 9, "new": 6, "changed": 1, "unchanged": 1, "rejected": 1}
    told = run(oms, 5, "failed", error="The database went away.", story=story, **counts)
    page = re.sub(r"\s+", " ", client.get(f"/runs/{told.pk}/").content.decode())
    assert "first reading, everything" in page
    assert "9 read = 6 new + 1 changed + 1 unchanged + 1 rejected" in page
    assert page.count("The database went away.") == 2
    assert "42 s" in page
    assert client.get("/runs/999999/").status_code == 404


def test_times_and_sizes_are_shown_as_people_read_them(root: Person, client: Client) -> None:
    oms = source("oms", zone="Asia/Tokyo")
    Cursor.objects.create(source=oms, stream="order", value="2026-09-15T08:00:59")
    assert "09-15 07:00</time>" in client.get("/sources/oms/").content.decode()
    story = [
        entry("stream", stream="order", since="2026-09-15T08:00:59"),
        entry("landed", stream="order", count=12_000, size=5_400_000),
    ]
    page = client.get(f"/runs/{run(oms, 5, story=story).pk}/").content.decode()
    assert "Orders: reading what changed after 09-15 07:00" in page
    assert "Orders: 12,000 landings, 5.1 MB kept" in page


def test_a_held_run_asks_before_anything_is_deleted(root: Person, client: Client) -> None:
    held = run(source("oms"), 5, "held")
    assert "They are really gone: take them out" in client.get(f"/runs/{held.pk}/").content.decode()
    client.post("/sources/oms/sync/", {"sweep": "1", "sure": "1"})
    assert Job.objects.get().args == {"source": "oms", "sweep": True, "sure": True}
    client.force_login(person("bo"))
    assert "They are really gone" not in client.get(f"/runs/{held.pk}/").content.decode()


def test_runs_are_listed_and_narrowed(root: Person, client: Client) -> None:
    oms, erp = source("oms"), source("erp")
    ok, failed, partly = run(oms, 30), run(erp, 20, "failed"), run(erp, 10, rejected=2, read=2)
    expected = {
        "": [partly.pk, failed.pk, ok.pk], "source=erp": [partly.pk, failed.pk], "state=failed": [failed.pk],
        "rejected=1": [partly.pk], "source=oms&state=failed": [],
    }  # fmt: skip
    listed = {
        query: [
            int(pk)
            for pk in re.findall(r'data-open-row href="/runs/(\d+)/"', client.get(f"/runs/?{query}").content.decode())
        ]
        for query in expected
    }
    assert listed == expected


def test_no_credential_is_ever_shown(root: Person, client: Client) -> None:
    kept = {"url": "postgresql://reader:hunter2@erp/main", "streams": [STREAM]}
    erp = source("erp", settings=kept, secrets=seal({"password": "geheim-1"}))
    with translation.override("en"):
        assert shown_settings(kept) == [("Address", "postgresql://…@erp/main")]
    page = client.get("/sources/erp/").content.decode()
    assert "hunter2" not in page
    assert "geheim-1" not in page
    assert "postgresql://…@erp/main" in page
    client.post("/sources/erp/credentials/", {"password": "geheim-2", "other": "x"})
    erp.refresh_from_db()
    assert unseal(bytes(erp.secrets)) == {"password": "geheim-2"}
    assert b"geheim-2" not in bytes(erp.secrets)
    answer = client.post("/sources/erp/credentials/", {"password": ""}, follow=True).content.decode()
    assert "Nothing was typed, so nothing was changed." in answer
    assert "geheim" not in answer
    assert Act.objects.get(verb="credentials").detail == {"names": ["password"]}


def test_the_schedule_is_kept_and_wrong_minutes_are_refused(root: Person, client: Client) -> None:
    oms = source("oms")
    client.post("/sources/oms/schedule/", {"every_minutes": "30", "active": "on"})
    for wrong in ("0", "-5", "10081", "ten", "１０"):
        answer = client.post(
            "/sources/oms/schedule/", {"every_minutes": wrong, "active": "on"}, follow=True
        ).content.decode()
        assert "is no number of minutes" in answer
    oms.refresh_from_db()
    assert (oms.every_minutes, oms.active) == (30, True)
    client.post("/sources/oms/schedule/", {"every_minutes": ""})
    oms.refresh_from_db()
    assert (oms.every_minutes, oms.active) == (None, False)
    assert Job.objects.get().kind == "believe"  # its word no longer counts


def test_a_connection_is_tested_and_says_what_it_found(root: Person, client: Client) -> None:
    source("oms", settings={"url": "sqlite:////nowhere/oms.sqlite3", "streams": [STREAM]})
    answer = client.post("/sources/oms/test/", follow=True).content.decode()
    assert "There is no SQLite file at /nowhere/oms.sqlite3." in answer


def test_ranks_say_who_is_believed(root: Person, client: Client) -> None:
    source("oms", order_rank=1, goods_rank=5)
    source("wms", order_rank=5, goods_rank=1, goods_scope="all", money_scope="")
    page = re.sub(r"\s+", " ", client.get("/sources/wms/").content.decode())
    rows = re.findall(r'name="(\w+)_rank" inputmode="numeric" value="(\d+)".*?<small>([^<]*)</small>', page)
    assert rows[:2] == [("order", "5", "2 / 2"), ("goods", "1", "1 / 2")]
    assert rows[3] == ("money", "50", "–")
    assert '<option value="all" selected>every order</option>' in page

    client.force_login(person("dana"))
    page = re.sub(r"\s+", " ", client.get("/sources/wms/").content.decode())
    rows = re.findall(r'<tr><td><div>(\w+)</div><div class="small">([^<]*)</div></td><td class="n">([^<]*)</td>', page)
    assert rows[:2] == [("Orders", "where it has a document", "2 / 2"), ("Goods", "every order", "1 / 2")]
    assert rows[3] == ("Money", "says nothing", "–")


def test_whom_the_company_believes_is_changed_and_every_order_recounted(root: Person, client: Client) -> None:
    wms = source("wms", goods_rank=1)
    kept = {"order_rank": "5", "goods_rank": "2", "goods_scope": "orders", "invoice_scope": ""}
    for wrong in ({"goods_rank": "0"}, {"money_rank": "first"}, {"invoice_rank": "１"}, {"goods_scope": "everything"}):
        answer = client.post("/sources/wms/trust/", kept | wrong, follow=True).content.decode()
        assert "is no place; write 1 to 99" in answer or "Goods: choose what the source speaks about." in answer
    wms.refresh_from_db()
    assert (wms.goods_rank, wms.goods_scope, Job.objects.count(), Act.objects.count()) == (1, "documents", 0, 0)

    client.post("/sources/wms/trust/", kept)
    wms.refresh_from_db()
    assert (wms.order_rank, wms.goods_rank, wms.goods_scope, wms.invoice_scope) == (5, 2, "orders", "")
    assert (Job.objects.get().kind, Act.objects.get().verb) == ("believe", "believe")
    client.post("/sources/wms/trust/", kept)
    assert (Job.objects.count(), Act.objects.count()) == (1, 1)  # the same again changes nothing


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/sources/sync/", {}), ("/sources/oms/sync/", {}), ("/sources/oms/test/", {}), ("/sources/oms/credentials/", {}),
        ("/sources/oms/schedule/", {}),
        ("/sources/oms/trust/", {}), ("/rejects/replay/", {}), ("/sources/new/sql/", {}), ("/sources/oms/mapping/", {}),
        ("/sources/oms/upload/", {}),
    ],
)  # fmt: skip
def test_who_may_only_see_sources_changes_nothing(client: Client, path: str, data: dict[str, str]) -> None:
    source("oms")
    client.force_login(person("dana"))
    assert client.get("/sources/").status_code == 200
    assert "Sync now" not in client.get("/sources/").content.decode()
    assert client.post(path, data).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize("path", ["/sources/", "/sources/oms/", "/sources/oms/card/", "/runs/", "/sources/new/"])
def test_a_guest_gets_nothing(client: Client, path: str) -> None:
    source("oms")
    client.force_login(person("gus"))
    assert client.get(path).status_code == 403


def test_a_page_of_sources_takes_the_same_queries_whatever_has_run(
    root: Person, client: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    oms = source("oms")
    client.get("/sources/")
    with django_assert_max_num_queries(26) as few:
        client.get("/sources/")
    for code in ("erp", "wms", "mes"):
        other = source(code)
        for minutes in range(40):
            run(other, minutes)
    rejects(oms)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/sources/")


COST = "61.2345"
"""What a source wrote of a cost: no page may hold it for who does not see cost."""


@pytest.fixture
def told_of_cost(client: Client) -> list[str]:
    """A failed run and a rejected item that quote a cost, and of whose order it is; the pages that tell of them."""
    erp = source("erp")
    said = f"“{COST}” of SO-EVE is no figure."
    story = [
        entry("stream", stream="order", since="SO-EVE"),
        entry("note", stream="order", detail=said, place="orders id=SO-EVE", count=3),
        entry("received", stream="order", name="SO-EVE.csv", day="2026-09-15"),
        entry("failed", detail=said),
    ]
    told = run(erp, 5, "failed", error=said, story=story)
    Cursor.objects.create(source=erp, stream="order", value="SO-EVE")
    item = Reject.objects.create(
        source=erp, stream="order", ref="SO-EVE", place="orders id=SO-EVE", column="plan_cost", code="not_a_number",
        detail=said, raw=f'{{"plan_cost": "{COST}"}}', at=clock.now() - timedelta(minutes=4),
    )  # fmt: skip
    return ["/sources/", "/sources/erp/", "/sources/erp/card/", f"/runs/{told.pk}/", f"/rejects/{item.pk}/"]


def seen_by(client: Client, who: Person, pages: list[str]) -> list[str]:
    """These pages, as somebody sees them; the card as the fragment that it is."""
    client.force_login(who)
    return [
        client.get(page, headers={"HX-Request": "true"} if page.endswith("/card/") else {}).content.decode()
        for page in pages
    ]


@pytest.mark.parametrize("name", ["anna", "bo"])
def test_a_cost_that_a_source_wrote_is_shown_to_nobody_who_sees_no_cost(
    client: Client, told_of_cost: list[str], name: str
) -> None:
    person("root")
    *_, a_run, item = shown = seen_by(client, person(name), told_of_cost)
    assert [COST in page for page in shown] == [False] * 5
    assert "plan_cost" in item and "not_a_number" in item and "orders id=SO-EVE" in item  # noqa: PT018
    asked = "Not shown: what a source wrote may tell a cost or another person&#x27;s order. Ask Root."
    assert [asked in page for page in shown] == [True] * 5
    assert "something was noted on what was read (3 times)" in a_run
    assert [COST in page for page in seen_by(client, person("chen"), told_of_cost)] == [True] * 5


@pytest.mark.parametrize("role", ["manager", "finance", "sales", "admin"])
def test_who_sees_their_own_customers_only_reads_no_key_place_file_or_text_of_a_source(
    client: Client, told_of_cost: list[str], role: str
) -> None:
    limited = Person.objects.create_person("lin", "", role, language="en", own_customers_only=True)
    shown = seen_by(client, limited, told_of_cost)
    assert [word for page in shown for word in (COST, "SO-EVE") if word in page] == []
    assert "plan_cost" in shown[-1]
    assert [client.get(f"/sources/erp/{page}/").status_code for page in ("mapping", "upload")] == [403, 403]
