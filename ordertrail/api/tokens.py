"""Tokens: made, found again by their hash, revoked. The text of a token exists once, at its making."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _

from ordertrail.api.models import Token
from ordertrail.desk.acts import note
from ordertrail.lib import clock
from ordertrail.lib.gate import writing
from ordertrail.lib.prepared import Prepared
from ordertrail.lib.refused import Refused
from ordertrail.parties.models import Person

PREFIX = "ot_"
"""What every token begins with, so that people and scanners recognise one that lies where it should not."""
SHOWN = 9


@dataclass(frozen=True, slots=True)
class Made:
    """A new token and its text, which is nowhere else."""

    token: Token
    text: str


def fingerprint(text: str) -> str:
    """The sha256 of a token's text: what the store keeps. A token has 256 random bits, so a plain hash is enough.

    >>> fingerprint("ot_x")[:8]
    'a3b1aab8'
    """
    return sha256(text.encode()).hexdigest()


def make(person: Person, valid_for: timedelta | None = None, by: Person | None = None) -> Made:
    """A token that speaks for ``person``, for ever or as long as given; ``by``: who made it (None: the command line)."""
    text = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    with writing():
        token = Token.objects.create(
            person=person,
            hash=fingerprint(text),
            start=text[:SHOWN],
            created_at=now,
            expires_at=now + valid_for if valid_for else None,
        )
        note(by, "make_token", "person", person.pk, token=token.pk)
    return Made(token, text)


def revoke(pk: int, by: Person | None = None) -> Token:
    """End a token now. Refused("unknown_token") where there is none of that id, ("already_revoked") where it is ended."""
    with writing():
        token = Token.objects.select_for_update().select_related("person").filter(pk=pk).first()
        if token is None:
            raise Refused("unknown_token", _("There is no token %(id)s; list them to see their ids.") % {"id": pk})
        if token.revoked_at is not None:
            raise Refused("already_revoked", _("Token %(id)s is revoked already.") % {"id": pk})
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        note(by, "revoke_token", "person", token.person_id, token=token.pk)
    return token


def revoke_all(person: Person, by: Person | None = None) -> int:
    """End every token that speaks for ``person``; how many there were."""
    live = list(Token.objects.filter(person=person, revoked_at=None).values_list("pk", flat=True))
    for pk in live:
        revoke(pk, by)
    return len(live)


def holder(text: str, now: datetime) -> Token | None:
    """The token with this text, with its person: None where it is unknown, expired or revoked, or its person may not log in."""
    found = [token for token in _LIVE(fingerprint(text)) if token.expires_at is None or token.expires_at > now]
    return found[0] if found else None


_LIVE = Prepared(
    lambda text: Token.objects.select_related("person").filter(hash=text, revoked_at=None, person__is_active=True)
)
