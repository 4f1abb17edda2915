"""One filter, one address: what goes in comes out, what is wrong is said, and pages follow each other without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import translation

from ordertrail.parties.people import Person
from ordertrail.web.filter_values import Range
from ordertrail.web.filters import Field, Filter, FilterSet, Kind, Sort
from ordertrail.web.paging import page
from ordertrail.web.tests.people import ROLES, person

ORDERS = FilterSet(
    fields=(
        Field("q", "Find", search=True),
        Field("state", "State", Kind.CHOICE, (("draft", "Draft"), ("done", "Done"))),
        Field("promised", "Promised", Kind.DATES),
        Field("total", "Total", Kind.NUMBERS),
        Field("late", "Late", Kind.FLAG),
    ),
    sorts=(Sort("promised", "Promised", "promised_date"), Sort("total", "Total", "total", descending=True)),
)
FULL = (
    "q=lamp&state=draft&state=done&promised_from=2026-09-01&promised_to=today%2B7&total_min=100.50&late=1&sort=-total"
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(query: str) -> Filter:
    return ORDERS.parse(QueryDict(query))


def test_what_is_read_is_written_again_the_same() -> None:
    assert read(FULL).to_query() == FULL
    assert (
        read("sort=-total&late=1&state=draft&state=done&q=lamp").to_query()
        == "q=lamp&state=draft&state=done&late=1&sort=-total"
    )


def test_what_is_usual_is_left_out() -> None:
    assert read("sort=promised&late=0&q=").to_query() == ""


def test_values_have_their_kinds() -> None:
    values = read(FULL).values
    assert values["q"] == "lamp"
    assert values["state"] == ("draft", "done")
    assert values["promised"] == Range(date(2026, 9, 1), date(2026, 9, 23), ("2026-09-01", "today+7"))
    assert values["total"] == Range(Decimal("100.50"), None, ("100.50", ""))
    assert values["late"] is True


def test_each_filter_is_a_chip_that_can_be_taken_away() -> None:
    chips = read("state=done&promised_to=2026-09-30&late=1").chips()
    assert [(chip.words, chip.text, chip.without) for chip in chips] == [
        ("State", "Done", "promised_to=2026-09-30&late=1"),
        ("Promised", "≤ 2026-09-30", "state=done&late=1"),
        ("Late", "", "state=done&promised_to=2026-09-30"),
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("state=lost", "There is no “lost” here; there is: draft, done."),
        ("promised_from=31/02", "“31/02” is not a day. Write it as 2026-03-31, or today, today-7, today+7."),
        (
            "promised_from=2026-09-30&promised_to=2026-09-01",
            "From 2026-09-30 to 2026-09-01 holds nothing; swap the two.",
        ),
        ("total_min=1e9", "“1e9” is not a number. Write it as 1130.50."),
        ("late=yes", "“yes” is neither 1 nor 0."),
    ],
)
def test_what_cannot_be_read_is_said_and_narrows_nothing(query: str, sentence: str) -> None:
    chosen = read(query)
    assert [problem.sentence for problem in chosen.problems] == [sentence]
    assert chosen.values == {}
    assert [(chip.text, chip.bad) for chip in chosen.chips()] == [(sentence, True)]


def test_one_wrong_end_does_not_lose_the_other() -> None:
    chosen = read("total_min=many&total_max=5")
    assert chosen.values["total"] == Range(None, Decimal(5), ("", "5"))
    assert [problem.name for problem in chosen.problems] == ["total_min"]


def test_a_mapping_reads_like_a_query_string() -> None:
    assert ORDERS.parse({"state": ["done"], "q": "lamp"}).to_query() == "q=lamp&state=done"


def test_a_head_sorts_its_usual_way_first_then_the_other() -> None:
    assert read("").toggled("total") == "-total"
    assert read("sort=-total").toggled("total") == "total"
    assert read("sort=-total").toggled("promised") == "promised"


def test_a_sort_that_does_not_exist_is_the_usual_one() -> None:
    order = read("sort=password").order
    assert order is not None
    assert order.key == "promised"


PEOPLE = FilterSet(
    fields=(Field("role", "Role", Kind.CHOICE, tuple((role, role) for role in ROLES.values())), Field("q", "Find")),
    sorts=(Sort("name", "Name", "username"), Sort("seen", "Seen", "last_login", nullable=True)),
)


@pytest.mark.django_db
def test_rows_are_narrowed_by_the_columns_that_the_page_declares() -> None:
    for name in ROLES:
        person(name)
    chosen = PEOPLE.parse({"role": ["sales", "store"], "q": "an"})
    found = chosen.apply(Person.objects.all(), {"role": "role", "q": lambda text: Q(display_name__icontains=text)})
    assert [one.username for one in found] == ["anna"]
    with pytest.raises(KeyError):
        chosen.apply(Person.objects.all(), {"q": "username"})


def walk(query: str, size: int = 2) -> tuple[list[str], list[str]]:
    """The names from the first page to the last, and from there back again."""
    there: list[str] = []
    back: list[str] = []
    shown = page(Person.objects.all(), PEOPLE.parse(QueryDict(query)), size)
    assert shown.before == ""
    there += [one.username for one in shown.rows]
    while shown.after:
        shown = page(Person.objects.all(), PEOPLE.parse(QueryDict(f"{query}&after={shown.after}")), size)
        there += [one.username for one in shown.rows]
    back = [one.username for one in shown.rows]
    while shown.before:
        shown = page(Person.objects.all(), PEOPLE.parse(QueryDict(f"{query}&before={shown.before}")), size)
        back = [one.username for one in shown.rows] + back
    return there, back


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
def test_pages_follow_each_other_there_and_back(size: int) -> None:
    for name in ROLES:
        person(name)
    expected = sorted(ROLES)
    assert walk("sort=name", size) == (expected, expected)
    assert walk("sort=-name", size) == (expected[::-1], expected[::-1])


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_rows_without_a_value_come_as_the_largest(size: int) -> None:
    start = datetime(2026, 9, 1, 8, tzinfo=UTC)
    for at, name in enumerate(["dana", "anna", "bo", "chen"]):
        one = person(name)
        Person.objects.filter(pk=one.pk).update(last_login=start + timedelta(hours=at // 2) if at < 3 else None)
    person("root")
    expected = ["dana", "anna", "bo", "chen", "root"]
    assert walk("sort=seen", size) == (expected, expected)
    assert walk("sort=-seen", size) == (expected[::-1], expected[::-1])


@pytest.mark.django_db
def test_a_page_is_one_query_and_two_where_values_may_be_missing(django_assert_num_queries: object) -> None:
    person("anna")
    with django_assert_num_queries(1):  # type: ignore[operator]
        page(Person.objects.all(), PEOPLE.parse({}))
    with django_assert_num_queries(2):  # type: ignore[operator]
        page(Person.objects.all(), PEOPLE.parse({"sort": "seen"}))


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "WyJuYW1lIiwgIiIsICJhIiwgMV0:1abc:forged"])
def test_a_cursor_that_is_not_ours_begins_again_and_says_so(cursor: str) -> None:
    person("anna")
    shown = page(Person.objects.all(), PEOPLE.parse({"after": cursor}))
    assert [one.username for one in shown.rows] == ["anna"]
    assert shown.stale


@pytest.mark.django_db
def test_a_cursor_of_another_order_is_not_used() -> None:
    for name in ("anna", "bo"):
        person(name)
    first = page(Person.objects.all(), PEOPLE.parse({}), 1)
    assert page(Person.objects.all(), PEOPLE.parse({"sort": "-name", "after": first.after}), 1).stale
