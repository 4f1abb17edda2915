"""Static files as the web process answers them."""

from __future__ import annotations

import gzip

from django.templatetags.static import static
from django.test import Client

PATH = "web/css/tokens.css"


def test_an_address_carries_the_version_and_is_kept_for_a_year(client: Client) -> None:
    address = static(PATH)
    assert "?v=" in address
    answer = client.get(address)
    assert answer["Content-Type"] == "text/css"
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in client.get(f"/static/{PATH}")["Cache-Control"]


def test_a_file_comes_compressed_and_not_twice(client: Client) -> None:
    answer = client.get(static(PATH), headers={"Accept-Encoding": "gzip"})
    assert b"--accent" in gzip.decompress(answer.content)
    again = client.get(static(PATH), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_outside_is_given_away(client: Client) -> None:
    for path in ("/static/../settings.py", "/static/%2e%2e/config/settings.py", "/static/nothing.css", "/static/web/"):
        assert client.get(path).status_code == 404
    assert client.post(static(PATH)).status_code == 405


def test_static_files_ask_no_database(client: Client) -> None:
    assert client.get(static(PATH)).status_code == 200  # without the fixture db a query would fail
