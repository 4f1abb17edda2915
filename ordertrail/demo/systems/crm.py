"""The CRM: a JSON API on loopback over accounts, deals and contracts, with ids of its own and ISO times in UTC.

``GET /api/v2/{accounts,deals,contracts}?page=1&per_page=100&updated_since=2026-09-01T00:00:00Z`` with a bearer token gives
``{"data": […], "meta": {"page", "per_page", "pages", "total"}}``, sorted by change time, then id.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from ordertrail.demo.truth import Customer, Opportunity, Order

FILE = "crm.json"
ACCESS = "harbour-light-demo"
"""The token that the API wants. It opens invented data on loopback only."""

PORT = 18425
"""Where the API listens unless another port is asked for."""

MOST_PER_PAGE = 200
Item = dict[str, Any]


def at(moment: datetime | None) -> str | None:
    """A time as the CRM writes it: UTC, to the second."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def account_id(customer: Customer, *, twin: bool = False) -> str:
    """The id of a customer's account, or of the second one that was typed by mistake."""
    return f"acc-{customer.no + (5000 if twin else 0):05d}"


def contract_id(order: Order) -> str:
    """The id of the contract that an order began with."""
    return f"con-{order.no:06d}"


def _accounts(customer: Customer) -> Iterator[Item]:
    base = {"city": customer.city, "owner": {"name": customer.salesperson}, "updated_at": at(customer.since)}
    yield {"id": account_id(customer), "name": customer.crm_name, "tax_number": customer.crm_tax_number} | base
    if customer.crm_twin:
        yield {"id": account_id(customer, twin=True), "name": customer.crm_twin, "tax_number": ""} | base


def _deal(opportunity: Opportunity) -> Item:
    return {
        "id": f"deal-{opportunity.number[4:]}",
        "code": opportunity.number,
        "name": opportunity.title,
        "account": {
            "id": account_id(opportunity.customer, twin=opportunity.duplicate),
            "name": opportunity.customer.crm_twin if opportunity.duplicate else opportunity.customer.crm_name,
        },
        "stage": opportunity.stage,
        "amount": {"value": f"{opportunity.value:.2f}", "currency": "CNY"},
        "owner": {"name": opportunity.salesperson},
        "created_at": at(opportunity.opened_at),
        "closed_at": at(opportunity.closed_at),
        "order_no": opportunity.order.number if opportunity.order else None,
        "updated_at": at(opportunity.changed_at),
    }


def _contract(order: Order) -> Item:
    return {
        "id": contract_id(order),
        "code": f"HT{order.number[2:]}",
        "order_no": order.number,
        "account": {"id": account_id(order.customer), "name": order.customer.crm_name},
        "delivery_date": (order.crm_promised or order.promised_date).isoformat(),
        "status": "cancelled" if order.state == "cancelled" else "signed",
        "signed_on": order.ordered_at.date().isoformat(),
        "owner": {"name": order.salesperson},
        "items": [
            {
                "line": line.no,
                "sku": line.product.sku,
                "name": line.product.en,
                "quantity": order.crm_qty.get(line.no, line.qty),
                "unit_price": f"{line.price:.2f}",
                "tax_percent": int(order.customer.tax_rate * 100),
            }
            for line in order.lines
        ],
        "updated_at": at(order.crm_at),
    }


def write(
    folder: Path,
    customers: Iterable[Customer] = (),
    opportunities: Iterable[Opportunity] = (),
    orders: Iterable[Order] = (),
    extra: Iterable[tuple[str, Item]] = (),
) -> None:
    """Put these documents into the CRM, each as it stands now. ``extra`` are raw items with the name of their list."""
    path = folder / FILE
    book: dict[str, dict[str, Item]] = orjson.loads(path.read_bytes()) if path.exists() else {}
    items = [("accounts", item) for customer in customers for item in _accounts(customer)]
    items += [("deals", _deal(opportunity)) for opportunity in opportunities]
    items += [("contracts", _contract(order)) for order in orders if order.crm_at]
    for name, item in [*items, *extra]:
        book.setdefault(name, {})[item["id"]] = item
    fresh = path.with_suffix(".new")
    fresh.write_bytes(orjson.dumps(book))
    fresh.replace(path)


class _Book:
    """The CRM's file as it stands on the disk, read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read_at = -1
        self._lists: dict[str, list[Item]] = {}

    def items(self, name: str) -> list[Item] | None:
        """One list, sorted by change time and id; None where there is no such list."""
        with self._lock:
            changed_at = self._path.stat().st_mtime_ns
            if changed_at != self._read_at:
                book = orjson.loads(self._path.read_bytes())
                self._lists = {
                    key: sorted(items.values(), key=lambda item: (item["updated_at"], item["id"]))
                    for key, items in book.items()
                }
                self._read_at = changed_at
            return self._lists.get(name)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: CrmServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A page of a list, 401 without the token, 404 for anything else."""
        if self.headers.get("Authorization") != f"Bearer {ACCESS}":
            return self._answer(HTTPStatus.UNAUTHORIZED, {"error": "token missing or wrong"})
        address = urlsplit(self.path)
        items = self.server.book.items(address.path.removeprefix("/api/v2/"))
        if items is None or not address.path.startswith("/api/v2/"):
            return self._answer(HTTPStatus.NOT_FOUND, {"error": "no such list"})
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        try:
            page, size = int(asked.get("page", "1")), min(int(asked.get("per_page", "100")), MOST_PER_PAGE)
            since = at(datetime.fromisoformat(asked["updated_since"])) if "updated_since" in asked else ""
        except ValueError:
            return self._answer(HTTPStatus.BAD_REQUEST, {"error": "page, per_page or updated_since cannot be read"})
        items = [item for item in items if item["updated_at"] >= since]
        pages = max(1, -(-len(items) // size))
        meta = {"page": page, "per_page": size, "pages": pages, "total": len(items)}
        return self._answer(HTTPStatus.OK, {"data": items[(page - 1) * size : page * size], "meta": meta})

    def _answer(self, status: HTTPStatus, body: Item) -> None:
        text = orjson.dumps(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the library's
        """Requests are not printed."""


class CrmServer(ThreadingHTTPServer):
    """The CRM's API on loopback; ``address`` is what clients call."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int = PORT) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.book = _Book(folder / FILE)

    @property
    def address(self) -> str:
        """The address with the port that is really open."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(folder: Path, port: int = PORT) -> Iterator[CrmServer]:
    """The CRM of ``folder``, answering in a thread until the block ends; port 0 takes any free one. OSError if taken."""
    server = CrmServer(folder, port)
    thread = threading.Thread(target=server.serve_forever, name="demo-crm", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
