"""The web application as servers expect it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ordertrail.config.settings")
_pages = get_wsgi_application()

from ordertrail.hub import warm  # noqa: E402  it needs the settings


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; from the first one on this process asks ahead what its boards show."""
    warm.start()
    answer: Iterable[bytes] = _pages(environ, start_response)
    return answer
