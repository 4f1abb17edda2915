"""Addresses of boards, metrics and their rows."""

from __future__ import annotations

from django.urls import path

from ordertrail.boards import views

app_name = "boards"

urlpatterns = [
    path("boards/metrics/", views.all_metrics, name="metrics"),
    path("boards/metrics/<slug:name>/", views.one_metric, name="metric"),
    path("boards/rows/<slug:name>/", views.rows_of, name="rows"),
    path("boards/fresh/", views.fresh, name="fresh"),
    path("boards/<slug:name>/", views.board, name="board"),
]
