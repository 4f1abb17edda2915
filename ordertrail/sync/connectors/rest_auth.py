"""How a REST source knows us: nothing, a password, a key, or a token that it gives and that runs out."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ordertrail.lib.refused import Refused
from ordertrail.sync.connectors.rest_http import Http
from ordertrail.sync.connectors.rest_json import at_path, parsed

KINDS = ("none", "basic", "bearer", "header", "query", "oauth2", "login")


class Auth:
    """The declared ``auth`` of a source: what it adds to each request, and how a token is got anew.

    ``{"kind": "basic", "user": …}`` with secret ``password`` · ``bearer`` with ``token`` · ``{"kind": "header", "name": …}`` and
    ``{"kind": "query", "name": …}`` with ``key`` · ``{"kind": "oauth2", "token_url", "client_id", "scope"}`` with
    ``client_secret`` · ``{"kind": "login", "path", "body", "token", "header", "prefix"}``, where ``{password}`` in the body stands
    for a secret and ``token`` is the place of the token in the answer.
    """

    def __init__(self, declared: Mapping[str, Any], secrets: Mapping[str, str], home: str, http: Http) -> None:
        self.kind = str(declared.get("kind", "none"))
        if self.kind not in KINDS:
            detail = _("There is no log-in of kind “%(kind)s”; there are: %(kinds)s.")
            raise Refused("settings_invalid", detail % {"kind": self.kind, "kinds": ", ".join(KINDS)})
        self._declared, self._secrets, self._home, self._http = declared, secrets, home, http
        self.token = ""

    @property
    def renewable(self) -> bool:
        """Whether a token that was refused can be got anew."""
        return self.kind in ("oauth2", "login")

    def words(self) -> tuple[dict[str, str], dict[str, str]]:
        """The headers and the query parameters that each request carries."""
        name = str(self._declared.get("name", ""))
        if self.kind == "basic":
            pair = f"{self._declared.get('user', '')}:{self._secret('password')}".encode()
            return {"Authorization": "Basic " + base64.b64encode(pair).decode()}, {}
        if self.kind == "bearer":
            return {"Authorization": f"Bearer {self._secret('token')}"}, {}
        if self.kind == "header":
            return {name or "X-Api-Key": self._secret("key")}, {}
        if self.kind == "query":
            return {}, {name or "api_key": self._secret("key")}
        if self.renewable:
            if not self.token:
                self.renew()
            header = str(self._declared.get("header", "Authorization"))
            return {header: str(self._declared.get("prefix", "Bearer ")) + self.token}, {}
        return {}, {}

    def renew(self) -> None:
        """Get a token; Refused("login_refused") when the source gives none."""
        answer = self._client_credentials() if self.kind == "oauth2" else self._login()
        token = at_path(answer, str(self._declared.get("token", "access_token")))
        if not isinstance(token, (str, int)) or not str(token):
            raise self.refusal()
        self.token = str(token)

    def refusal(self) -> Refused:
        """The refusal of a log-in that the source does not take."""
        return Refused(
            "login_refused", _("The source refuses the log-in; check the user and the secret in its settings.")
        )

    def _client_credentials(self) -> Any:
        form = {"grant_type": "client_credentials", "client_id": str(self._declared.get("client_id", ""))}
        form["client_secret"] = self._secret("client_secret")
        if self._declared.get("scope"):
            form["scope"] = str(self._declared["scope"])
        return self._asked(str(self._declared.get("token_url", "/oauth/token")), data=form)

    def _login(self) -> Any:
        body = {key: self._filled(value) for key, value in dict(self._declared.get("body") or {}).items()}
        return self._asked(str(self._declared.get("path", "/login")), json=body)

    def _filled(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for name, secret in self._secrets.items():
            value = value.replace("{" + name + "}", secret)
        return value

    def _asked(self, path: str, **words: Any) -> Any:
        url = path if "://" in path else self._home.rstrip("/") + "/" + path.lstrip("/")
        answer = self._http.ask("POST", url, home=url, **words)
        if answer.status >= 400:
            raise self.refusal()
        return parsed(answer.body, answer.headers.get("content-type", ""))

    def _secret(self, name: str) -> str:
        found = self._secrets.get(name, "")
        if not found:
            raise Refused("secret_missing", _("The secret “%(name)s” of this source is not set.") % {"name": name})
        return found


def with_renewal(auth: Auth, ask: Callable[[], Any], refused: Callable[[Any], bool]) -> Any:
    """``ask``, and once more with a new token if the source refused the old one; Refused("login_refused") after that."""
    answer = ask()
    if not refused(answer):
        return answer
    if auth.renewable:
        auth.renew()
        answer = ask()
    if refused(answer):
        raise auth.refusal()
    return answer
