"""A company with a hub, and the people who look at its boards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils.translation import override

from ordertrail.hub.folder import Folder
from ordertrail.hub.refresh import Child
from ordertrail.hub.tests.conftest import bring_up, empty_hub, hub, process
from ordertrail.hub.tests.world import World, make_company
from ordertrail.parties.models import Person
from ordertrail.records.shapes import OrderLineRecord, OrderRecord

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

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


def employed() -> dict[str, Person]:
    """Dora manages, Anna sells and sees her own customers' orders, Gus is a guest."""
    make = Person.objects.create_person
    return {
        "dora": make("dora", "", "manager", language="en"),
        "anna": make("anna", "", "sales", language="en", own_customers_only=True),
        "gus": make("gus", "", "guest", language="en"),
    }


def grown() -> None:
    """Five systems say 200 random things."""
    world = World(21, make_company(), numbers=25)
    for _ in range(200):
        world.step()


@pytest.fixture
def people(hub: Folder) -> dict[str, Person]:
    """The people of a company that is still empty."""
    return employed()


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker, process: Child) -> Iterator[dict[str, Person]]:
    """A company of which five systems have said 200 random things, in the hub; its people. Made once (8 s) for all tests of a file:
    they only look, or ask for ``taken_back``."""
    with django_db_blocker.unblock(), empty_hub():
        people = employed()
        grown()
        process.ask("refresh", publish_now=True)
        yield people
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def taken_back(company: dict[str, Person]) -> Iterator[None]:
    """What the test writes is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def dora(company: dict[str, Person]) -> Client:
    """Dora's browser."""
    return browser(company["dora"])
