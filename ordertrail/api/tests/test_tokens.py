"""Tokens: made by a command that prints them once, listed, revoked; only a hash is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ordertrail.api.models import Token
from ordertrail.api.tests.calling import Program
from ordertrail.api.tokens import fingerprint
from ordertrail.cli.app import app
from ordertrail.config.home import CompanySettings, write_company_settings
from ordertrail.desk.models import Act
from ordertrail.lib import clock
from ordertrail.web.tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    write_company_settings(tmp_path, CompanySettings())
    monkeypatch.setenv("ORDERTRAIL_HOME", str(tmp_path))
    return str(tmp_path)


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["token", *words])
    return done.exit_code, done.stdout, done.stderr


def test_a_token_is_printed_alone_and_once_and_kept_as_a_hash(home: str) -> None:
    dana = person("dana")
    code, out, _ = run("create", "--home", home, "--user", "dana", "--expires", "30d")
    assert code == 0
    [text] = out.splitlines()
    token = Token.objects.get()
    assert (text[:3], len(text)) == ("ot_", 46)
    assert (token.person, token.hash, token.start) == (dana, fingerprint(text), text[:9])
    assert token.expires_at == clock.now() + timedelta(days=30)
    assert Program(text).get("/orders").status == 200
    assert list(Act.objects.values_list("verb", "kind", "object")) == [("make_token", "person", dana.pk)]
    assert text not in str(list(Token.objects.values())) + str(list(Act.objects.values()))


def test_a_revoked_token_is_refused_with_its_next_call(home: str) -> None:
    person("dana")
    text = run("create", "--home", home, "--user", "dana")[1].strip()
    pk = Token.objects.get().pk
    assert run("list", "--home", home)[1] == f"{pk}\t{text[:9]}…\tdana\tmade 2026-09-16\tno end\n"
    assert run("revoke", "--home", home, str(pk))[1] == f"Token {pk} of dana is revoked.\n"
    assert Program(text).get("/orders").problem() == (401, "no_valid_token")
    assert run("list", "--home", home)[1].endswith("\trevoked 2026-09-16\n")
    assert run("revoke", "--home", home, str(pk))[0] == 2
    assert run("revoke", "--home", home, "4711")[0] == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--user", "eve"], "There is nobody with the user name eve"),
        (["--user", "dana", "--expires", "soon"], "“soon” is no span of time; write 12h, 30d or 8w."),
        (["--user", "dana", "--expires", "0d"], "“0d” is no span of time"),
        (["--user", "gone"], "gone is locked"),
    ],
)
def test_what_makes_no_token(home: str, words: list[str], sentence: str) -> None:
    person("dana")
    left = person("gus")
    left.username, left.is_active = "gone", False
    left.save()
    code, out, err = run("create", "--home", home, *words)
    assert (code, out) == (2, "")
    assert sentence in " ".join(err.replace("│", " ").split())
    assert not Token.objects.exists()


def test_a_token_ends_with_its_last_day(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person("dana")
    text = run("create", "--home", home, "--user", "dana", "--expires", "1w")[1].strip()
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-22")
    assert Program(text).get("/orders").status == 200
    monkeypatch.setenv("ORDERTRAIL_TODAY", "2026-09-23")
    assert Program(text).get("/orders").status == 401
