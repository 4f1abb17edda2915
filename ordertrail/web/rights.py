"""Rights: who may do what, and the one mark that every view carries.

A role is a set of rights; a view names the one right that it needs. ``RightsMiddleware`` asks before each view and
refuses a view that names none, so that forgetting is safe. Which *rows* somebody sees is another question
(``visible_to``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANYONE = "anyone"
"""Needs no log-in: the log-in page itself, static files, addresses that check a token of their own."""
SOMEONE = "someone"
"""Needs a log-in and nothing more: one's own profile, log-out."""
NOBODY = "nobody"
"""Closed: an address that a library brings and that we do not offer."""

RIGHTS: dict[str, Promise] = {
    "see_orders": _("see orders, customers and products"),
    "see_cost": _("see cost and margin"),
    "see_sources": _("see source systems and their runs"),
    "manage_sources": _("set up and run source systems"),
    "link_documents": _("link and unlink documents"),
    "comment": _("write comments"),
    "own_findings": _("take, hand over and close findings"),
    "see_boards": _("see boards"),
    "export": _("export lists"),
    "use_api": _("use the API"),
    "manage_people": _("manage people and their rights"),
    "keep_catalog": _("write down products and customers"),
    "type_orders": _("type, confirm and change orders"),
    "move_stock": _("receive, reserve and correct stock"),
    "ship_goods": _("ship and take back goods"),
    "bill": _("bill customers"),
    "take_money": _("write down payments"),
}
"""Every right and what it allows, worded so that it fits after "You may not"."""

_DAILY = frozenset({"see_orders", "see_sources", "comment", "own_findings", "see_boards", "use_api"})
_OFFICE = _DAILY | {"link_documents", "export"}
_DESK = frozenset({"keep_catalog", "type_orders", "move_stock", "ship_goods", "bill", "take_money"})

ROLES: dict[str, frozenset[str]] = {
    "manager": _OFFICE | _DESK | {"see_cost"},
    "sales": _OFFICE | {"keep_catalog", "type_orders"},
    "store": _DAILY | {"move_stock", "ship_goods"},
    "finance": _OFFICE | {"see_cost", "keep_catalog", "bill", "take_money"},
    "production": _DAILY,
    "admin": frozenset(RIGHTS),
    "guest": frozenset(),
}
"""What each role may. A guest may log in and is told whom to ask."""

COST_BY_SETTING = frozenset(role for role, rights in ROLES.items() if "link_documents" in rights)
"""Roles of which a person's own setting says who sees cost; the others never do. Without a setting the role says it."""

DECLARED: dict[str, str] = {
    "account_login": ANYONE,
    "account_logout": SOMEONE,
    "account_inactive": ANYONE,
    "account_change_password": SOMEONE,
    "account_reauthenticate": SOMEONE,
}
"""Views that are not ours to mark, by the name of their address. What django-allauth brings besides stays undeclared,
therefore closed: there is no sign-up and no password mail."""

View = TypeVar("View", bound=Callable[..., Any])


def needs(right: str) -> Callable[[View], View]:
    """Mark a view, function or class, with the one right that it needs; ValueError for a right that does not exist.

    >>> @needs("see_orders")
    ... def orders(request): ...
    >>> right_of(orders)
    'see_orders'
    >>> needs("see_everything")
    Traceback (most recent call last):
    ValueError: no right is called see_everything
    """
    if right not in RIGHTS and right not in (ANYONE, SOMEONE, NOBODY):
        raise ValueError(f"no right is called {right}")

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return mark


def declare(view_name: str, right: str) -> None:
    """Declare views of a library by the name of their address; a ``*`` at the end stands for the rest (``api:*``)."""
    DECLARED[view_name] = right


def right_of(view: Callable[..., Any], view_name: str = "") -> str | None:
    """The right that a view needs, from its mark, its class's mark or the table; None when nothing is declared.

    >>> right_of(print, "account_login"), right_of(print, "account_signup")
    ('anyone', None)
    """
    for owner in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        right = getattr(owner, "right", None)
        if isinstance(right, str):
            return right
    if view_name in DECLARED:
        return DECLARED[view_name]
    prefixes = [name for name in DECLARED if name.endswith("*") and view_name.startswith(name[:-1])]
    return DECLARED[max(prefixes, key=len)] if prefixes else None


def may(person: object, right: str) -> bool:
    """Whether ``person`` (a Person, or the anonymous user) has ``right`` now; unknown roles may nothing."""
    if right == ANYONE:
        return True
    if not getattr(person, "is_authenticated", False) or not getattr(person, "is_active", False):
        return False
    role = getattr(person, "role", "")
    setting = getattr(person, "sees_cost", None)
    if right == "see_cost" and setting is not None and role in COST_BY_SETTING:
        return bool(setting)
    if right == "manage_sources" and not quotes(person):
        return False  # a mapping is made from what the source holds: its cost, and everybody's orders
    return right == SOMEONE or right in ROLES.get(role, frozenset())


def quotes(person: object) -> bool:
    """Whether ``person`` is shown what a source wrote as it came. It may be a cost, or tell of an order that is not theirs, and no
    rule can know which: so only who sees cost and every order gets it."""
    return may(person, "see_cost") and not getattr(person, "own_customers_only", False)


def roles_with(right: str) -> list[str]:
    """The roles that have ``right``, in the order of ROLES.

    >>> roles_with("see_cost")
    ['manager', 'finance', 'admin']
    """
    return [role for role, rights in ROLES.items() if right in rights]
