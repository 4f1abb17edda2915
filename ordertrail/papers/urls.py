"""Addresses of the room: below those of the shipment and the customer that a paper is of."""

from __future__ import annotations

from django.urls import path

from ordertrail.papers import views

app_name = "papers"

urlpatterns = [
    path("shipments/<str:name>/delivery-note/", views.note, name="delivery_note"),
    path("customers/<str:name>/statement/", views.account, name="statement"),
    path("customers/<str:name>/statement/pdf/", views.account_file, name="statement_file"),
]
