"""Every address of the product; what a view needs is declared at the view (web.rights)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler404 = "ordertrail.web.refusals.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ordertrail.web.urls")),
    path("account/", include("allauth.account.urls")),
]
