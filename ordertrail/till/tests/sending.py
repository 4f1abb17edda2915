"""Somebody at the pages of the till: forms are sent as a browser sends them, with everything that the page shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.test import Client

from ordertrail.api.models import KeptAnswer
from ordertrail.billing.models import Allocation, Invoice, InvoiceLine, Payment, PaymentShare
from ordertrail.desk.tests.shop import everything
from ordertrail.parties.models import Person
from ordertrail.stock.models import GoodsReceipt, Move
from ordertrail.web.tests.people import person

INPUT = re.compile(r"<input\b[^>]*>")
SELECT = re.compile(r'<select\b[^>]*\bname="([^"]+)".*?</select>', re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class Sender:
    """A person with a browser: ``get`` a page, ``send`` its form with some fields changed."""

    def __init__(self, who: str | Person) -> None:
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(person(who) if isinstance(who, str) else who)

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.content.decode()

    def send(self, address: str, changes: Mapping[str, Any] | None = None, *, status: int = 302, **fields: Any) -> str:
        """Send the form of a page; where it leads, or the page that came back."""
        return self.post(address, form_of(self.get(address)) | dict(changes or {}) | fields, status)

    def post(self, address: str, form: Mapping[str, Any], status: int = 302) -> str:
        answer = self.client.post(address.partition("?")[0], form)
        assert answer.status_code == status, (answer.status_code, text_of(answer.content.decode())[:2000])
        return answer["Location"] if status == 302 else answer.content.decode()

    def refused(self, address: str, words: str, changes: Mapping[str, Any] | None = None, **fields: Any) -> str:
        """That a form is refused with these words, as an alert, and nothing changed; the page that came back."""
        before = rows()
        page = self.send(address, changes, status=422, **fields)
        assert 'role="alert"' in page
        assert words in text_of(page), text_of(page)
        assert rows() == before
        return page


def rows() -> list[object]:
    """All that a refusal must leave as it was."""
    models = (Invoice, InvoiceLine, Payment, PaymentShare, Allocation, GoodsReceipt, Move, KeptAnswer)
    return [everything(), *(list(model._default_manager.order_by("pk").values()) for model in models)]


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of a page's first form, without its buttons."""
    main = page[page.index('<main id="main"') :]
    main = main[main.index("<form") : main.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in INPUT.findall(main):
        told = dict(ATTRIBUTE.findall(tag))
        if told.get("type") in ("checkbox", "radio") and "checked" not in told:
            continue
        if "name" in told:
            found.setdefault(told["name"], []).append(unescape(told.get("value", "")))
    for select in SELECT.finditer(main):
        picked = re.search(r'<option value="([^"]*)" selected', select[0]) or re.search(
            r'<option value="([^"]*)"', select[0]
        )
        found[select[1]] = [unescape(picked[1])] if picked else []
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def text_of(page: str) -> str:
    """A page as it is read: without tags, spaces drawn together."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())
