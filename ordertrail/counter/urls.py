"""Addresses of the pages on which people type orders, customers and products, and do what an order allows: those of the API."""

from __future__ import annotations

from django.urls import path

from ordertrail.counter import amend, customers, exceptions, new_order, products, verbs

app_name = "counter"

urlpatterns = [
    path("orders/new/", new_order.new_order, name="new_order"),
    path("orders/new/told/", new_order.order_told, name="order_told"),
    path("orders/new/customers/", new_order.suggest_customers, name="suggest_customers"),
    path("orders/new/products/", new_order.suggest_products, name="suggest_products"),
    path("orders/<str:name>/quote/", verbs.quote_order, name="quote"),
    path("orders/<str:name>/confirm/", verbs.confirm_order, name="confirm"),
    path("orders/<str:name>/cancel/", verbs.cancel_order, name="cancel"),
    path("orders/<str:name>/close/", verbs.close_order, name="close"),
    path("orders/<str:name>/reopen/", verbs.reopen_order, name="reopen"),
    path("orders/<str:name>/amend/", amend.amend_order, name="amend"),
    path("orders/<str:name>/amend/told/", amend.amend_told, name="amend_told"),
    path("orders/<str:name>/exceptions/<str:waits>/", exceptions.choose_for, name="choose"),
    path("customers/new/", customers.new_customer, name="new_customer"),
    path("customers/new/likes/", customers.likes, name="likes"),
    path("customers/<str:name>/edit/", customers.edit_customer, name="edit_customer"),
    path("products/new/", products.new_product, name="new_product"),
    path("products/<str:name>/edit/", products.edit_product, name="edit_product"),
]
