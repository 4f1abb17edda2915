"""``ordertrail init``: what is refused before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ordertrail.cli.app import app
from ordertrail.lib.money import CURRENCIES, MINOR_DIGITS


@pytest.mark.parametrize("code", ["XXQ", "cny", "", "RMB", "CNY ", "XAU"])
def test_a_currency_that_there_is_not_is_refused_by_name_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "password").write_text("a-new-harbour-light\n", "utf-8")
    home = tmp_path / "home"
    told = CliRunner().invoke(
        app,
        [
            *("init", "--home", str(home), "--company", "S", "--currency", code, "--user", "dana"),
            *("--password-file", str(tmp_path / "password")),
        ],
    )
    assert told.exit_code == 2
    assert f"There is no currency {code} (ISO 4217, in capitals); CNY is one." in told.stderr
    assert not home.exists()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--tax-rate", "13", "13 is no tax rate; 13 % is 0.13."),
        ("--tax-rate", "1", "1 is no tax rate; 13 % is 0.13."),
        ("--tax-rate", "abc", "abc is no tax rate; 13 % is 0.13."),
        ("--tax-rate", "-0.1", "-0.1 is no tax rate; 13 % is 0.13."),
        ("--tax-rate", "NaN", "NaN is no tax rate; 13 % is 0.13."),
        ("--tax-rate", "0.1234567", "0.1234567 is no tax rate; 13 % is 0.13."),
        ("--tax-rounding", "foo", "Tax is not rounded by foo; it is by document or by line."),
        ("--language", "fr", "There is no language fr; these there are: zh-hans, zh-hant, en."),
    ],
)
def test_a_tax_rate_a_rounding_and_a_language_that_there_are_not_are_refused_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "password").write_text("a-new-harbour-light\n", "utf-8")
    home = tmp_path / "home"
    told = CliRunner().invoke(
        app,
        [
            *("init", "--home", str(home), "--company", "S", "--currency", "CNY", "--user", "dana"),
            *("--password-file", str(tmp_path / "password"), option, value),
        ],
    )
    assert told.exit_code == 2
    assert sentence in told.stderr
    assert not home.exists()


def test_the_currencies_are_codes_and_hold_those_that_have_no_two_decimals() -> None:
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert {"CNY", "USD", "EUR", "HKD", "TWD", *MINOR_DIGITS} <= CURRENCIES
