"""Forms of the counter as a browser sends them, for stories: who sends, what was typed, what came back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from ordertrail.parties.models import Person

HIDDEN = re.compile(r'<input type="hidden" name="once" value="([^"]+)"')


def logged_in(who: Person) -> Client:
    """A browser in which somebody is logged in."""
    client = Client()
    client.force_login(who)
    return client


def once_of(answer: Any) -> str:
    """The one-time key of the form on a page."""
    found = HIDDEN.search(answer.content.decode())
    assert found
    return found[1]


def text_of(answer: Any) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def alert_of(answer: Any) -> str:
    """The sentence of a refusal."""
    found = re.search(r'role="alert">(.*?)</div>', answer.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", found[1])).strip() if found else ""


def lines(*told: tuple[str, ...]) -> dict[str, list[str]]:
    """Rows of the order's form: (sku, qty, price, discount, ship date), as many as are told."""
    padded = [(*row, *[""] * 5)[:5] for row in told]
    columns = dict(
        zip(("sku", "qty", "price", "line_discount", "ship_date"), map(list, zip(*padded, strict=True)), strict=True)
    )
    return {"row": [str(n) for n in range(1, len(told) + 1)], **columns}
