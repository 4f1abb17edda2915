"""The people who work here: who they are, what they may do, how they like their pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is here; web.rights says what each role may."""

    MANAGER = "manager", _("general manager")
    SALES = "sales", _("sales")
    STORE = "store", _("store")
    FINANCE = "finance", _("finance")
    PRODUCTION = "production", _("production")
    ADMIN = "admin", _("administrator")
    GUEST = "guest", _("guest")


class PersonManager(BaseUserManager["Person"]):
    """Makes people; a password is always hashed."""

    def create_person(self, username: str, password: str, role: str, **fields: Any) -> Person:
        """A saved person with ``role``; without ``password`` nobody can log in as them."""
        person = self.model(username=username, role=role, display_name=fields.pop("display_name", username), **fields)
        person.set_password(password or None)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who logs in. ``own_customers_only`` limits what is seen to orders whose salesperson they are; ``sees_cost`` says
    whether they see cost where the role leaves it open (null: as the role has it)."""

    username = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.GUEST)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=5, blank=True)
    keys_on = models.BooleanField(default=True)
    own_customers_only = models.BooleanField(default=False)
    sees_cost = models.BooleanField(null=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    def __str__(self) -> str:
        return self.display_name or self.username
