"""A company with a hub, and the people who look at its boards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from ordertrail.hub.folder import Folder
from ordertrail.hub.tests.conftest import bring_up, hub, process
from ordertrail.hub.tests.world import World, make_company
from ordertrail.parties.models import Person
from ordertrail.records.shapes import OrderLineRecord, OrderRecord

__all__ = ["bring_up", "hub", "process"]


def browser(person: Person) -> Client:
    """The browser of somebody who has logged in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def order(number: str) -> OrderRecord:
    """An order for one lamp."""
    return OrderRecord(number, number, currency="CNY", lines=(OrderLineRecord("1", "LAMP", 1),))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are compared in English."""
    with override("en"):
        yield


@pytest.fixture
def people(hub: Folder) -> dict[str, Person]:
    """Dora manages, Anna sells and sees her own customers' orders, Gus is a guest."""
    make = Person.objects.create_person
    return {
        "dora": make("dora", "", "manager", language="en"),
        "anna": make("anna", "", "sales", language="en", own_customers_only=True),
        "gus": make("gus", "", "guest", language="en"),
    }


@pytest.fixture
def company(people: dict[str, Person], bring_up: Callable[..., Any]) -> dict[str, Person]:
    """A company of which five systems have said 200 random things, in the hub; its people."""
    world = World(21, make_company(), numbers=25)
    for _ in range(200):
        world.step()
    bring_up()
    return people


@pytest.fixture
def dora(company: dict[str, Person]) -> Client:
    """Dora's browser."""
    return browser(company["dora"])
