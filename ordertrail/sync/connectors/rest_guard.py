"""Where a REST source may be reached: addresses are looked up once, judged, and then connected to as they were judged."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

from ordertrail.lib.refused import Refused

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def split(url: str) -> SplitResult:
    """The parts of an address; Refused("address_invalid") unless it is plain http or https without a log-in in it."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        valid = False
    if not valid or "@" in parts.netloc or "\\" in url:
        raise Refused("address_invalid", _("“%(url)s” is not an address of the form https://host/path.") % {"url": url})
    return parts


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open network: nothing of this machine, this house, or the provider's own services."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


def judged(parts: SplitResult, allow: Collection[str]) -> Address:
    """The address to connect to. A host that is not in ``allow`` must be public in all its addresses.

    Refused: "host_unknown", "host_refused".
    """
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Refused("host_unknown", _("The host “%(host)s” cannot be found.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).split("%")[0]) for one in found]
    if host not in allow and not all(is_public(address) for address in addresses):
        raise Refused(
            "host_refused",
            _(
                "“%(host)s” is not a public address. If the source stands in your own network, an administrator"
                " lists it under “allow” in the source's settings."
            )
            % {"host": host},
        )
    return addresses[0]


class Pinned(HTTPAdapter):
    """Connects to the address that was judged, whatever the name stands for by then; certificates are checked by the name."""

    def __init__(self, allow: Collection[str]) -> None:
        self._allow = tuple(allow)
        super().__init__(pool_maxsize=2)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """The connection's address, and the name that its certificate must bear."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        parts = split(request.url or "")
        host["host"] = str(judged(parts, self._allow))
        if parts.scheme == "https":
            pool = {**pool, "server_hostname": parts.hostname, "assert_hostname": parts.hostname}  # type: ignore[typeddict-unknown-key]
        request.headers["Host"] = parts.netloc
        return host, pool
