"""A client for Tryton of the test's own, sharing nothing with the connector: to ask what is there, and to work in it."""

from __future__ import annotations

import base64
import json
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from ordertrail.sync.tests.tryton.system import DATABASE

CONTEXT = {"company": 1}
Row = dict[str, Any]


class Client:
    """One of the company's people at work: anna, bo, chen, or reader, who only looks."""

    def __init__(self, address: str, login: str) -> None:
        self._url = f"{address}/{DATABASE}/rpc/"
        self._headers = {"Content-Type": "application/json"}
        self._open = build_opener(ProxyHandler({})).open
        user, session, *_more = self.ask("common.db.login", login, {"password": f"{login}-harbour"}, "en")
        token = base64.b64encode(f"{login}:{user}:{session}".encode()).decode()
        self._headers["Authorization"] = f"Session {token}"

    def ask(self, method: str, *params: Any) -> Any:
        """The result of a call; AssertionError with Tryton's words when it refuses. What it only warns of is meant: its
        real day is later than the story's.
        """
        body = json.dumps({"id": 1, "method": method, "params": params}, default=_written).encode()
        with self._open(Request(self._url, body, self._headers), timeout=60) as answer:
            told = json.loads(answer.read(), object_hook=_read, parse_float=Decimal)
        error = told.get("error")
        if error and error[0] == "UserWarning":
            self.ask("model.res.user.warning.skip", error[1][0], False, CONTEXT)
            return self.ask(method, *params)
        assert not error, (method, error)
        return told["result"]

    def all(self, model: str, *fields: str, where: Any = ()) -> list[Row]:
        """Every record that fits."""
        rows: list[Row] = self.ask(f"model.{model}.search_read", list(where), 0, None, [["id", "ASC"]], fields, CONTEXT)
        return rows

    def one(self, model: str, *fields: str, **where: Any) -> Row:
        """The one record with these values."""
        (row,) = self.all(model, *fields, where=[[name, "=", value] for name, value in where.items()])
        return row

    def press(self, model: str, id_: int, *buttons: str) -> None:
        """Press buttons, one after the other."""
        for button in buttons:
            self.ask(f"model.{model}.{button}", [id_], CONTEXT)

    def write(self, model: str, id_: int, **values: Any) -> None:
        """Change a record."""
        self.ask(f"model.{model}.write", [id_], values, CONTEXT)

    def create(self, model: str, **values: Any) -> int:
        """Make a record; its id."""
        (id_,) = self.ask(f"model.{model}.create", [values], CONTEXT)
        return int(id_)

    def copy(self, model: str, id_: int, **values: Any) -> int:
        """Make a record like another one; its id."""
        (copied,) = self.ask(f"model.{model}.copy", [id_], values, CONTEXT)
        return int(copied)

    def delete(self, model: str, id_: int) -> None:
        """Delete a record."""
        self.ask(f"model.{model}.delete", [id_], CONTEXT)


def _read(data: Row) -> Any:
    match data.get("__class__"):
        case "Decimal":
            return Decimal(data["decimal"])
        case "date":
            return date(data["year"], data["month"], data["day"])
        case "timedelta":
            return Decimal(data["seconds"]) / 3600
        case None:
            return data
    return None


def _written(value: Any) -> Row:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    assert isinstance(value, date)
    return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
