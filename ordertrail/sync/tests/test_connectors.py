"""What every connector of the folder promises, held to it one by one: a new file there needs an example here and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ordertrail.lib.refused import Refused
from ordertrail.lib.sqlite_library import sqlite3
from ordertrail.records.shapes import Problem
from ordertrail.sync.connectors import connector, names
from ordertrail.sync.connectors.base import Connector, Landing, RawDocument
from ordertrail.sync.connectors.chaos import STREAM, WORLDS
from ordertrail.sync.connectors.chaos_world import ChaosWorld
from ordertrail.sync.connectors.rest_http import BREAKERS
from ordertrail.sync.mapping import Stream, to_record
from ordertrail.sync.tests import test_rest, test_sql
from ordertrail.sync.tests.orders_file import DECLARED, GOOD, text
from ordertrail.sync.tests.rest_server import Asked, Reply, serving

pytestmark = pytest.mark.usefixtures("november")
SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = "geheim-0815"


@dataclass
class Example:
    """A living source for one connector: its settings, one stream, and how one of its documents is changed."""

    settings: dict[str, Any]
    stream: Stream
    change: Callable[[], None]
    secrets: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


def files(folder: Path, stack: ExitStack) -> Example:
    path = folder / "orders.csv"
    path.write_bytes(text(*GOOD))
    stream = Stream.from_json({**DECLARED, "from": "*.csv", "options": {"complete": True}})
    return Example({"folder": str(folder), "settle_seconds": 0}, stream, lambda: _write(path, text(GOOD[2])))


def _write(path: Path, body: bytes) -> None:
    path.write_bytes(body)


def sql(folder: Path, stack: ExitStack) -> Example:
    opened = stack.enter_context(_closing(sqlite3.connect(folder / "oms.sqlite3")))
    opened.executescript(
        "CREATE TABLE oms_orders (id INTEGER PRIMARY KEY, order_no TEXT, buyer TEXT, status INTEGER, total REAL, created_at TEXT,"
        " updated_at TEXT); CREATE TABLE oms_order_lines (order_id INTEGER, line_no INTEGER, sku TEXT, qty REAL, price_cents INTEGER);"
        " INSERT INTO oms_orders VALUES (1, 'A', 'Ada', 30, 1.5, '2026-11-01', '2026-11-01 08:00:00');"
    )

    def change() -> None:
        opened.execute("UPDATE oms_orders SET buyer = 'Bo', updated_at = '2026-11-02 08:00:00'")
        opened.commit()

    settings = {"url": f"sqlite:///{folder}/oms.sqlite3"}
    return Example(settings, Stream.from_json(test_sql.DECLARED), change, {"password": SECRET})


class _closing:  # noqa: N801  as in contextlib, for a connection of another library
    def __init__(self, opened: Any) -> None:
        self.opened = opened

    def __enter__(self) -> Any:
        return self.opened

    def __exit__(self, *words: object) -> None:
        self.opened.close()


def rest(folder: Path, stack: ExitStack) -> Example:
    orders = [test_rest.order(1), test_rest.order(2)]

    def answer(asked: Asked) -> Reply:
        return Reply({"data": orders}) if asked.headers.get("authorization") == f"Bearer {SECRET}" else Reply({}, 401)

    server = stack.enter_context(serving(answer))
    stack.callback(BREAKERS.clear)

    def change() -> None:
        orders[0] = test_rest.order(1, total=7, updated_at="2026-11-09T08:00:00Z")

    settings = {"url": server.url, "allow": ["127.0.0.1"], "auth": {"kind": "bearer"}, "streams": [test_rest.DECLARED]}
    return Example(settings, test_rest.stream(), change, {"token": SECRET})


def chaos(folder: Path, stack: ExitStack) -> Example:
    world = WORLDS["contract"] = ChaosWorld(3)
    stack.callback(WORLDS.clear)
    for _at in range(40):
        world.step()
    return Example({"world": "contract"}, Stream.from_json(STREAM), lambda: _live(world))


def _live(world: ChaosWorld) -> None:
    world.now += world.now - world.now.replace(year=world.now.year - 1)
    while world.step() not in ("lines", "state"):
        continue


EXAMPLES = {"files": files, "sql": sql, "rest": rest, "chaos": chaos}


@pytest.fixture(params=[name for name in names() if name in EXAMPLES])
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Connector, Example]]:
    with ExitStack() as stack:
        found = EXAMPLES[request.param](tmp_path, stack)
        yield connector(request.param)(found.settings, found.secrets, SHANGHAI), found


def documents(opened: Connector, stream: Stream, landings: list[Landing]) -> list[RawDocument | Problem]:
    return [one for landing in landings for one in opened.read(stream, landing)]


def test_every_connector_says_what_it_is() -> None:
    assert {"files", "sql", "rest", "chaos"} <= set(names())
    for name in names():
        member = connector(name)
        assert member.name == name
        assert str(member.title)
        assert inspect.getdoc(member)
        assert not inspect.isabstract(member)


def test_every_connector_has_an_example_here_or_a_test_against_its_running_system() -> None:
    here = Path(__file__).parent
    assert [name for name in names() if name not in EXAMPLES and not list(here.glob(f"test_{name}*.py"))] == []


def test_a_connector_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(Refused, match="files, ") as refused:
        connector("fax")
    assert refused.value.code == "connector_unknown"


def test_the_test_button_answers_with_a_sentence(example: tuple[Connector, Example]) -> None:
    opened, _found = example
    assert opened.test().strip()


def test_reading_twice_gives_the_same_documents(example: tuple[Connector, Example]) -> None:
    opened, found = example
    once = list(opened.fetch(found.stream, None))
    again = list(opened.fetch(found.stream, None))
    assert documents(opened, found.stream, once) == documents(opened, found.stream, again)
    assert documents(opened, found.stream, once) == documents(opened, found.stream, once)
    assert [landing.cursor for landing in once] == [landing.cursor for landing in again]
    assert [landing.cursor is None for landing in once] == [True] * (len(once) - 1) + [False]


def test_reading_needs_nothing_but_the_bytes(
    example: tuple[Connector, Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, found = example
    once = list(opened.fetch(found.stream, None))
    before = documents(opened, found.stream, once)
    stored = [Landing(one.body, one.media, one.name, one.at, meta=dict(one.meta)) for one in once]
    monkeypatch.setattr("socket.socket.connect", _unreachable)
    fresh = connector(opened.name)(found.settings, {}, SHANGHAI)
    found.change()
    assert documents(fresh, found.stream, stored) == before


def _unreachable(*words: object) -> None:
    raise AssertionError("reading a landing went to the network")


def test_every_document_becomes_a_record_and_no_cell_is_a_float(example: tuple[Connector, Example]) -> None:
    opened, found = example
    read = documents(opened, found.stream, list(opened.fetch(found.stream, None)))
    assert read
    for document in read:
        assert isinstance(document, RawDocument)
        assert to_record(found.stream, document, SHANGHAI).ref == document.ref
        cells = [*document.row.values(), *(cell for line in document.lines for cell in line.values())]
        assert not any(isinstance(cell, (float, dict, list)) for cell in cells)


def test_a_change_is_read_after_the_cursor_and_moves_it(example: tuple[Connector, Example]) -> None:
    opened, found = example
    first = list(opened.fetch(found.stream, None))
    before = documents(opened, found.stream, first)
    found.change()
    second = list(opened.fetch(found.stream, first[-1].cursor))
    changed = [one for one in documents(opened, found.stream, second) if one not in before]
    assert changed
    assert second[-1].cursor != first[-1].cursor


def test_the_keys_are_those_of_all_documents(example: tuple[Connector, Example]) -> None:
    opened, found = example
    read = documents(opened, found.stream, list(opened.fetch(found.stream, None)))
    keys = opened.keys(found.stream)
    assert keys is not None
    assert sorted(keys) == sorted(one.ref for one in read)


def test_secrets_stand_in_no_representation_landing_or_sentence(example: tuple[Connector, Example]) -> None:
    opened, found = example
    landings = list(opened.fetch(found.stream, None))
    said = [repr(opened), str(opened), opened.test(), *(repr(one) + repr(one.meta) + one.name for one in landings)]
    wrong = connector(opened.name)(found.settings, dict.fromkeys(found.secrets, SECRET + "x"), SHANGHAI)
    try:
        list(wrong.fetch(found.stream, None))
    except Refused as refused:
        said += [refused.detail, repr(refused), str(refused.errors)]
    assert not any(SECRET in one for one in said)
