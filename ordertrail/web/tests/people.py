"""The company that the stories are about: Dana leads, Anna sells, Bo ships, Chen invoices, Root administers; Gus may not."""

from __future__ import annotations

from ordertrail.parties.people import Person

PASSWORD = "harbour-light-1"
ROLES = {"dana": "manager", "anna": "sales", "bo": "store", "chen": "finance", "root": "admin", "gus": "guest"}


def person(name: str, language: str = "en", password: str = "") -> Person:
    """One of them, saved; with a password only where a test types it, since hashing takes a tenth of a second."""
    return Person.objects.create_person(name, password, ROLES[name], display_name=name.title(), language=language)
