"""Static files, answered by the web process itself: nothing to collect, nothing to install in front.

An address carries the first letters of the file's sha256 (``?v=…``), so that browsers keep it for a year and yet see a
change at once. Files of rooms are found the way Django finds them; compressed once and kept in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

YEAR = 365 * 24 * 3600
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same in gzip where that helps, its media type and the version in its address."""

    body: bytes
    packed: bytes | None
    media: str
    version: str


@lru_cache(maxsize=256)
def _read(path: str, changed_ns: int) -> Asset:
    body = Path(path).read_bytes()
    media = mimetypes.guess_type(path)[0] or "application/octet-stream"
    media = "font/woff2" if path.endswith(".woff2") else media
    packed = gzip.compress(body, 6, mtime=0) if media.startswith(COMPRESSED) and len(body) > 500 else None
    return Asset(body, packed, media, hashlib.sha256(body).hexdigest()[:12])


_places: dict[str, Path] = {}
"""Where files were found: a page asks for the sprite of its icons a hundred times."""


def asset(name: str) -> Asset | None:
    """The file that ``name`` (a path below ``static/``) stands for; None when no room has it."""
    path = _places.get(name)
    if path is None or not path.is_file():
        try:
            found = finders.find(name)
        except SuspiciousFileOperation:  # a path that climbs out of the folder
            return None
        if not isinstance(found, str) or not Path(found).is_file():
            return None
        path = _places[name] = Path(found)
    return _read(str(path), path.stat().st_mtime_ns)


class AssetStorage(StaticFilesStorage):
    """Gives static files their address with the version in it."""

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file below ``static/``."""
        found = asset(name) if name else None
        plain = str(super().url(name))
        return f"{plain}?v={found.version}" if found else plain


class AssetsMiddleware:
    """Answers addresses below ``static/`` before session and database are asked for anything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The file, 304 when the browser has it, 404 when there is none; any other address goes on."""
        prefix = settings.STATIC_URL
        if not request.path.startswith(prefix):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        found = asset(request.path[len(prefix) :])
        return answer(request, found) if found else HttpResponseNotFound(b"no such file", content_type="text/plain")


def answer(request: HttpRequest, found: Asset) -> HttpResponse:
    """The response for one file."""
    etag = f'"{found.version}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        pack = found.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
        response = HttpResponse(pack or found.body, content_type=found.media)
        if pack:
            response.headers["Content-Encoding"] = "gzip"
    fresh = request.GET.get("v") == found.version
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if fresh else "public, max-age=600"
    response.headers["ETag"] = etag
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
