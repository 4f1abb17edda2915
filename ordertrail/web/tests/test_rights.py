"""Who may do what, and that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path

from ordertrail.parties.models import Person
from ordertrail.web import rights
from ordertrail.web.middleware import RightsMiddleware
from ordertrail.web.rights import ANYONE, NOBODY, RIGHTS, ROLES, SOMEONE, may, needs, right_of
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db


def every_view(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from every_view(one.url_patterns, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name}" if one.name else str(one.pattern), one.callback


def test_every_view_declares_a_right_or_stays_closed() -> None:
    undeclared = {name for name, view in every_view(get_resolver().url_patterns) if right_of(view, name) is None}
    assert {name for name in undeclared if not name.startswith("account_")} == set()
    assert "account_signup" in undeclared  # what allauth brings and we do not offer is refused


def test_every_right_that_a_view_declares_exists() -> None:
    known = {*RIGHTS, ANYONE, SOMEONE, NOBODY}
    declared = {right_of(view, name) for name, view in every_view(get_resolver().url_patterns)} - {None}
    assert declared <= known


def test_every_role_has_only_rights_that_exist() -> None:
    assert set().union(*ROLES.values()) == set(RIGHTS)


def test_cost_is_for_those_who_lead_count_and_administer() -> None:
    assert [name for name in ("dana", "anna", "bo", "chen", "root", "gus") if may(person(name), "see_cost")] == [
        "dana",
        "chen",
        "root",
    ]


@pytest.mark.parametrize(("role", "may_be_set"), [
    ("manager", True), ("sales", True), ("finance", True), ("admin", True), ("store", False), ("production", False), ("guest", False),
])  # fmt: skip
def test_a_setting_says_who_sees_cost_where_the_role_leaves_it_open(role: str, may_be_set: bool) -> None:
    who = Person.objects.create_person("lin", "", role)
    by_role = may(who, "see_cost")
    for setting in (True, False):
        who.sees_cost = setting
        assert may(who, "see_cost") is (setting if may_be_set else by_role)


def test_who_sees_no_cost_or_not_every_order_sets_up_no_source() -> None:
    root = person("root")
    assert may(root, "manage_sources")
    root.sees_cost = False
    assert not may(root, "manage_sources")
    root.sees_cost, root.own_customers_only = None, True
    assert not may(root, "manage_sources")


def test_the_guest_may_not() -> None:
    gus = person("gus")
    assert [right for right in RIGHTS if may(gus, right)] == []


def test_somebody_who_has_left_may_nothing() -> None:
    anna = person("anna")
    anna.is_active = False
    assert not may(anna, "see_orders")
    assert not may(anna, SOMEONE)


def test_the_guest_is_told_which_right_is_missing_and_whom_to_ask(client: Client) -> None:
    person("root")
    client.force_login(person("gus"))
    answer = client.get("/dev/parts/")
    assert answer.status_code == 403
    assert "You may not manage people and their rights." in answer.content.decode()
    assert "Root can give you this right." in answer.content.decode()


def test_a_right_that_is_taken_away_is_gone_with_the_next_page(client: Client) -> None:
    root = person("root")
    client.force_login(root)
    assert client.get("/dev/parts/").status_code == 200
    root.role = "sales"
    root.save()
    assert client.get("/dev/parts/").status_code == 403


def test_a_stranger_is_asked_to_log_in_and_comes_back(client: Client) -> None:
    answer = client.get("/me/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=%2Fme%2F%3Fa%3D1")


def test_a_fragment_answers_401_so_that_what_was_typed_stays(client: Client) -> None:
    assert client.post("/me/", headers={"HX-Request": "true"}).status_code == 401


def forgotten(request: HttpRequest) -> HttpResponse:
    raise AssertionError("must not run")


urlpatterns = [path("forgotten/", forgotten, name="forgotten")]


def test_a_view_that_declares_nothing_is_refused_even_to_the_administrator(rf: RequestFactory) -> None:
    request = rf.get("/forgotten/")
    request.user = person("root")
    request.resolver_match = get_resolver(__name__).resolve("/forgotten/")
    answer = RightsMiddleware(forgotten).process_view(request, forgotten, (), {})
    assert answer is not None
    assert answer.status_code == 403


def test_a_class_can_carry_the_mark() -> None:
    from django.views import View

    @needs("see_boards")
    class Board(View):
        pass

    assert right_of(Board.as_view()) == "see_boards"


def test_a_library_is_declared_by_the_names_of_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "DECLARED", dict(rights.DECLARED))
    rights.declare("api:*", ANYONE)
    assert right_of(forgotten, "api:orders") == ANYONE
    assert right_of(forgotten, "other:orders") is None
