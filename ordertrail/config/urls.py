"""Every address of the product; what a view needs is declared at the view (web.rights)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
