"""Addresses of the pages of one order, document, customer or product: those of the API, with a page behind each."""

from __future__ import annotations

from django.urls import path

from ordertrail.track import customer, daily, documents, flow_page, order, product, source_document

urlpatterns = [
    path("orders/<str:name>/", order.order, name="order"),
    path("orders/<str:name>/activity/", order.activity, name="order_activity"),
    path("orders/<str:name>/comments/", order.comment, name="order_comment"),
    path("orders/<str:name>/owner/", order.owner, name="order_owner"),
    path("customers/<str:name>/", customer.customer, name="customer"),
    path("products/<str:name>/", product.product, name="product"),
    path("products/<str:name>/daily/", daily.product_daily, name="product_daily"),
    path("shipments/<str:name>/", documents.shipment, name="shipment"),
    path("invoices/<str:name>/", documents.invoice, name="invoice"),
    path("payments/<str:name>/", documents.payment, name="payment"),
    path("work-orders/<str:name>/", documents.work_order, name="work_order"),
    path("projects/<str:name>/", documents.project, name="project"),
    path("opportunities/<str:name>/", documents.opportunity, name="opportunity"),
    path("orders/<str:name>/flow/", flow_page.order, name="order_flow"),
    path("shipments/<str:name>/flow/", flow_page.shipment, name="shipment_flow"),
    path("invoices/<str:name>/flow/", flow_page.invoice, name="invoice_flow"),
    path("payments/<str:name>/flow/", flow_page.payment, name="payment_flow"),
    path("documents/<int:pk>/", source_document.source_document, name="document"),
    path("documents/<int:pk>/link/", source_document.link, name="document_link"),
    path("documents/<int:pk>/unlink/", source_document.unlink, name="document_unlink"),
]
