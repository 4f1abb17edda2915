"""``ordertrail user``: who may log in is added, changed and locked from the command line, and each change is written down."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override
from typer.testing import CliRunner

from ordertrail.api.models import Token
from ordertrail.api.tests.calling import program
from ordertrail.cli.app import app
from ordertrail.config.home import CompanySettings, write_company_settings
from ordertrail.desk.acts import broken
from ordertrail.desk.models import Act
from ordertrail.parties.models import Person
from ordertrail.web.rights import may
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_company_settings(tmp_path, CompanySettings())
    (tmp_path / "password").write_text("a-new-harbour-light\n", "utf-8")
    monkeypatch.setenv("ORDERTRAIL_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    with override("en"):
        done = CliRunner().invoke(app, ["user", *words])
    return done.exit_code, done.stdout, done.stderr


def told() -> list[tuple[str, dict[str, object]]]:
    """What was written down of people."""
    assert list(broken()) == []
    return list(Act.objects.filter(kind="person").order_by("pk").values_list("verb", "detail"))


def test_a_person_is_added_with_a_name_and_a_language(home: Path) -> None:
    words = ("--user", "lin", "--role", "sales", "--password-file", str(home / "password"))
    code, out, err = run("add", *words, "--name", "Lin Yue", "--language", "zh-hans")
    assert (code, out) == (0, "lin may log in as sales.\n"), err
    lin = Person.objects.get()
    assert (lin.display_name, lin.language, lin.check_password("a-new-harbour-light")) == ("Lin Yue", "zh-hans", True)
    assert told() == [("add_person", {"username": "lin", "role": "sales"})]
    assert run("add", *words)[0] == 2
    assert run("add", "--user", "mo", *words[2:], "--language", "fr")[0] == 2
    assert Person.objects.count() == 1


def test_what_is_named_changes_all_else_stays_and_both_are_written_down(home: Path) -> None:
    person("root")
    anna = person("anna")
    code, out, err = run("set", "anna", "--own-customers-only", "--sees-cost")
    assert (code, out) == (0, "anna\tsales\town customers\tsees cost (set)\t\n"), err
    anna.refresh_from_db()
    assert (anna.role, may(anna, "see_cost"), anna.is_active) == ("sales", True, True)
    assert run("set", "anna", "--role", "manager", "--all-customers", "--no-cost")[0] == 0
    assert run("set", "anna", "--cost-by-role")[0] == 0
    assert run("list")[1] == "anna\tmanager\tall customers\tsees cost\t\nroot\tadmin\tall customers\tsees cost\t\n"
    assert told() == [
        ("change_person", {"own_customers_only": [False, True], "sees_cost": [None, True]}),
        ("change_person", {"role": ["sales", "manager"], "own_customers_only": [True, False], "sees_cost": [True, False]}),
        ("change_person", {"sees_cost": [False, None]}),
    ]  # fmt: skip


def test_who_is_locked_is_out_at_once_and_stays_out_of_old_sessions(home: Path, client: Client) -> None:
    person("root")
    anna = program("anna")
    client.force_login(anna.person_or_fail())
    others = Client()
    others.force_login(Person.objects.get(username="root"))
    assert (client.get("/me/").status_code, anna.get("/orders").status) == (200, 200)
    code, out, err = run("set", "anna", "--locked")
    assert (code, out.split("\t")[4]) == (0, "locked\n"), err
    assert (client.get("/me/").status_code, anna.get("/orders").problem()) == (302, (401, "no_valid_token"))
    assert Token.objects.get().revoked_at is not None
    assert run("set", "anna", "--unlocked")[0] == 0
    assert (client.get("/me/").status_code, anna.get("/orders").problem()) == (302, (401, "no_valid_token"))
    assert others.get("/me/").status_code == 200
    assert [verb for verb, _ in told()] == ["make_token", "change_person", "revoke_token", "change_person"]


def test_a_new_password_ends_the_sessions_and_is_nowhere_written_down(home: Path, client: Client) -> None:
    person("root")
    anna = person("anna")
    client.force_login(anna)
    assert run("set", "anna", "--password-file", str(home / "password"))[0] == 0
    anna.refresh_from_db()
    assert anna.check_password("a-new-harbour-light")
    assert client.get("/me/").status_code == 302
    assert told() == [("change_person", {"password": ["", "changed"]})]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nobody", "--locked"), "There is nobody with the user name nobody"),
        (("root", "--locked"), "root is the only administrator who can log in"),
        (("root", "--role", "sales"), "root is the only administrator who can log in"),
        (("bo", "--sees-cost"), "The role store never sees cost; give bo another role first"),
        (("bo", "--role", "captain"), "There is no role captain"),
        (("bo", "--sees-cost", "--cost-by-role"), "--cost-by-role contradicts"),
        (("bo",), "Say what is to change of bo"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(home: Path, words: tuple[str, ...], sentence: str) -> None:
    person("root")
    person("bo")
    before = list(Person.objects.order_by("pk").values())
    code, _, err = run("set", *words)
    assert (code, sentence in " ".join(err.replace("│", " ").split())) == (2, True), err
    assert (list(Person.objects.order_by("pk").values()), told()) == (before, [])
