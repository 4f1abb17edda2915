"""What happens before each view: the language of the person, the age of the session, and the question "may they?"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from ordertrail.lib import clock
from ordertrail.web.refusals import not_allowed, only_sent
from ordertrail.web.rights import NOBODY, may, right_of

Answer = Callable[[HttpRequest], HttpResponseBase]


def preferred_language(request: HttpRequest) -> str:
    """The person's language, else the cookie's, else what the browser asks for, else the company's."""
    codes = dict(settings.LANGUAGES)
    for code in (getattr(request.user, "language", ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")):
        if code in codes:
            return code
    return translation.get_language_from_request(request)


class LanguageMiddleware:
    """Pages in the language of who reads them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the preferred language."""
        code = preferred_language(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code  # as Django's own LocaleMiddleware does
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", code)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            return response


class OpenedByHandMiddleware:
    """A page instead of the browser's own where somebody opens the address of a form's answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or the page that says where to go."""
        response = self.get_response(request)
        by_hand = request.method == "GET" and response.status_code == 405 and not request.path.startswith("/api/")
        return only_sent(request) if by_hand else response


class SessionAgeMiddleware:
    """Ends a session seven days after its log-in, and keeps one that is used from ending after eight idle hours.

    The end of an idle session lies in the cookie and the session row (SESSION_COOKIE_AGE); both are written again only
    when ten minutes have passed, so that reading a page rarely writes. A log-in while the clock was ahead counts from when it was put
    right.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check the session's two ages, then answer."""
        if request.user.is_authenticated:
            now = int(clock.now().timestamp())
            if request.session.get("began_at", now + 1) > now:
                request.session["began_at"] = now
            if now - request.session["began_at"] > settings.SESSION_ABSOLUTE_AGE:
                logout(request)
            elif abs(now - request.session.get("seen_at", 0)) > settings.SESSION_TOUCH_AGE:
                request.session["seen_at"] = now
        return self.get_response(request)


class RightsMiddleware:
    """Refuses each view whose right the person lacks, and each view that declares none."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; the question is asked in process_view, when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """None to go on; a redirect to the log-in page, or the page that says what right is missing and whom to ask."""
        match = request.resolver_match
        right = right_of(view, match.view_name if match else "") or NOBODY
        if may(request.user, right):
            return None
        return not_allowed(request, right) if request.user.is_authenticated else to_log_in(request)


def to_log_in(request: HttpRequest) -> HttpResponse:
    """The way to the log-in page and back. A fragment answers 401: the page keeps what was typed and says so."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    if request.method not in ("GET", "HEAD"):
        here = urlsplit(request.headers.get("Referer", ""))
        next_page = here.path if here.netloc == request.get_host() else "/"
    else:
        next_page = request.get_full_path()
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': next_page})}")
