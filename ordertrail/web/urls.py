"""Addresses of the pages that belong to no room."""

from __future__ import annotations

from django.urls import path

from ordertrail.web import parts, views

app_name = "web"

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.profile, name="profile"),
    path("me/language/", views.language, name="language"),
    path("me/theme/", views.theme, name="theme"),
    path("dev/parts/", parts.page, name="parts"),
]
