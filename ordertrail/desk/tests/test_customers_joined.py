"""Customers of several systems are one by tax number, else by name; a name yields to tax numbers that contradict each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from ordertrail.desk.laws import verify
from ordertrail.desk.link import link
from ordertrail.desk.tests import worlds
from ordertrail.parties.models import Person
from ordertrail.records.models import SourceDocument
from ordertrail.records.shapes import CustomerRecord, Record

pytestmark = pytest.mark.django_db

C2 = ("oms", CustomerRecord("C2", "C2", "Haixing", tax_number="TAX111"))
E2 = ("erp", CustomerRecord("E2", "E2", "Haixing", tax_number="TAX222"))
E3 = ("erp", CustomerRecord("E3", "E3", "Other name", tax_number="TAX111"))
BARE = ("wms", CustomerRecord("W2", "W2", "Haixing"))
BRIDGE = ("wms", CustomerRecord("W9", "W9", "Haixing", other_names=("Haixing Ships",)))
AFAR = ("erp", CustomerRecord("E9", "E9", "Haixing Ships", tax_number="TAX222"))


def joined() -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for ref, group in SourceDocument.objects.filter(kind="customer").values_list("ref", "group"):
        groups.setdefault(group, set()).add(ref)
    return {frozenset(refs) for refs in groups.values()}


def of(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


@pytest.mark.parametrize("turned", list(permutations((C2, E2, E3))), ids=lambda told: " ".join(r.ref for _, r in told))
def test_one_name_and_two_tax_numbers_are_two_customers(turned: tuple[tuple[str, Record], ...]) -> None:
    worlds.say(worlds.company(), list(turned))
    assert joined() == of("C2 E3", "E2")
    assert list(verify()) == []


@pytest.mark.parametrize("turned", list(permutations((C2, E2, BARE)))[::2])
def test_a_third_one_of_that_name_without_a_tax_number_is_neither(turned: tuple[tuple[str, Record], ...]) -> None:
    worlds.say(worlds.company(), list(turned))
    assert joined() == of("C2", "E2", "W2")


@pytest.mark.parametrize("turned", list(permutations((C2, BRIDGE, AFAR))))
def test_names_do_not_join_them_through_a_third_one_either(turned: tuple[tuple[str, Record], ...]) -> None:
    by = worlds.company()
    worlds.say(by, list(turned))
    assert joined() == of("C2", "W9", "E9")
    worlds.say(by, [("erp", replace(AFAR[1], tax_number="TAX111"))])
    assert joined() == of("C2 W9 E9")
    worlds.say(by, [AFAR])
    assert joined() == of("C2", "W9", "E9")
    assert list(verify()) == []


def test_a_tax_number_that_is_corrected_joins_them_and_a_person_s_word_stands() -> None:
    by = worlds.company()
    worlds.say(by, [C2, E2])
    assert joined() == of("C2", "E2")
    worlds.say(by, [("erp", replace(E2[1], tax_number=""))])
    assert joined() == of("C2 E2")
    worlds.say(by, [E2])
    assert joined() == of("C2", "E2")
    one, two = (SourceDocument.objects.get(kind="customer", ref=ref).pk for ref in ("C2", "E2"))
    link(Person.objects.create_person("dana", "", "manager"), one, two)
    assert joined() == of("C2 E2")
