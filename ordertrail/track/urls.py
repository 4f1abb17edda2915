"""Addresses of the pages on which people follow orders, findings and sources."""

from __future__ import annotations

from django.urls import path

from ordertrail.track import findings_pages, orders_list, queues, saved_views, search, totals
from ordertrail.track.urls_order import urlpatterns as order_patterns

app_name = "track"

urlpatterns = [
    path("orders/", orders_list.orders, name="orders"),
    path("order-queues/", queues.queues, name="order_queues"),
    path("order-totals/", totals.order_totals, name="order_totals"),
    path("order-owners/", orders_list.owner, name="order_owners"),
    path("saved-views/", saved_views.save, name="save_view"),
    path("saved-views/<int:pk>/delete/", saved_views.delete, name="delete_view"),
    path("search/", search.search, name="search"),
    path("findings/", findings_pages.findings, name="findings"),
    path("findings/<int:pk>/", findings_pages.finding, name="finding"),
    path("findings/<int:pk>/take/", findings_pages.take, name="take_finding"),
    path("findings/<int:pk>/give/", findings_pages.give, name="give_finding"),
    path("findings/<int:pk>/drop/", findings_pages.drop, name="drop_finding"),
    path("findings/<int:pk>/comments/", findings_pages.comment, name="comment_finding"),
    *order_patterns,
]
