"""Addresses of the pages on which people follow orders, findings and sources."""

from __future__ import annotations

from django.urls import path

from ordertrail.track import (
    findings_pages,
    mapping_pages,
    my_desk,
    new_source,
    orders_list,
    queues,
    runs_pages,
    saved_views,
    search,
    source_page,
    sources_pages,
    totals,
    trust,
    upload,
)
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
    path("desk/", my_desk.my_desk, name="desk"),
    path("sources/", sources_pages.sources, name="sources"),
    path("sources/sync/", sources_pages.sync_all, name="sync_all"),
    path("sources/new/", new_source.new, name="new_source"),
    path("sources/new/<slug:name>/", new_source.settings, name="new_source_settings"),
    path("sources/<slug:code>/", source_page.source, name="source"),
    path("sources/<slug:code>/card/", sources_pages.card, name="source_card"),
    path("sources/<slug:code>/sync/", sources_pages.sync, name="sync_source"),
    path("sources/<slug:code>/test/", source_page.test, name="test_source"),
    path("sources/<slug:code>/credentials/", source_page.credentials, name="credentials"),
    path("sources/<slug:code>/trust/", trust.trust, name="trust"),
    path("sources/<slug:code>/schedule/", source_page.schedule, name="schedule"),
    path("sources/<slug:code>/mapping/", mapping_pages.mapping, name="mapping"),
    path("sources/<slug:code>/upload/", upload.upload, name="upload"),
    path("rejects/replay/", sources_pages.replay, name="replay"),
    path("rejects/<int:pk>/", sources_pages.reject, name="reject"),
    path("runs/", runs_pages.runs, name="runs"),
    path("runs/<int:pk>/", runs_pages.run, name="run"),
    *order_patterns,
]
