"""Every address of the product; what a view needs is declared at the view (web.rights)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from ordertrail.config.api import api_urls

handler404 = "ordertrail.web.refusals.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ordertrail.web.urls")),
    path("", include("ordertrail.counter.urls")),  # before track: /orders/new/ is no order's number
    path("", include("ordertrail.till.urls")),  # before track: "new" is no number
    path("", include("ordertrail.papers.urls")),
    path("", include("ordertrail.track.urls")),
    path("", include("ordertrail.boards.urls")),
    path("api/v1/", api_urls),
    path("account/", include("allauth.account.urls")),
]
