"""Forms of the pages that belong to no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from ordertrail.web.context import THEMES

if TYPE_CHECKING:
    PersonForm = forms.ModelForm[Any]
else:
    PersonForm = forms.ModelForm

THEME_WORDS = {"light": _("Light"), "dark": _("Dark"), "auto": _("As the machine prefers")}


class ProfileForm(PersonForm):
    """What a person may change about themselves; the role is not among it."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Theme"), choices=[(theme, THEME_WORDS[theme]) for theme in THEMES], widget=forms.RadioSelect
    )

    class Meta:
        model = get_user_model()
        fields = ("display_name", "language", "theme", "keys_on")
        labels = {"display_name": _("Your name"), "keys_on": _("Single keys")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["theme"] = self.initial.get("theme") or "auto"
        self.initial["language"] = self.initial.get("language") or settings.LANGUAGE_CODE
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"


class LogInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Name and password; the labels say it, so nothing stands in the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}
