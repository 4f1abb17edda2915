"""Addresses of the room: those of the API, with ``new`` where something is made."""

from __future__ import annotations

from django.urls import path

from ordertrail.till import (
    adjustments,
    bank,
    invoice_acts,
    new_invoice,
    new_payment,
    new_shipment,
    payment_acts,
    receipts,
    shipment_acts,
)

app_name = "till"

urlpatterns = [
    path("shipments/new/", new_shipment.new_shipment, name="new_shipment"),
    path("shipments/<str:name>/ship/", shipment_acts.send, name="ship_shipment"),
    path("shipments/<str:name>/pick/", shipment_acts.take, name="pick_shipment"),
    path("shipments/<str:name>/cancel/", shipment_acts.cancel, name="cancel_shipment"),
    path("shipments/<str:name>/return/", shipment_acts.bring_back, name="return_shipment"),
    path("invoices/new/", new_invoice.new_invoice, name="new_invoice"),
    path("invoices/<str:name>/lines/", invoice_acts.lines, name="invoice_lines"),
    path("invoices/<str:name>/post/", invoice_acts.post, name="post_invoice"),
    path("invoices/<str:name>/cancel/", invoice_acts.cancel, name="cancel_invoice"),
    path("invoices/<str:name>/credit/", invoice_acts.credit, name="credit_invoice"),
    path("payments/new/", new_payment.new_payment, name="new_payment"),
    path("payments/<str:name>/allocate/", payment_acts.settle, name="allocate_payment"),
    path("payments/<str:name>/unallocate/", payment_acts.take_back, name="unallocate_payment"),
    path("payments/<str:name>/refund/", payment_acts.pay_back, name="refund_payment"),
    path("bank/", bank.bank, name="bank"),
    path("bank/statements/<int:pk>/", bank.statement, name="bank_statement"),
    path("bank/lines/<int:pk>/", bank.line, name="bank_line"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/new/", receipts.new_receipt, name="new_receipt"),
    path("receipts/<str:name>/", receipts.receipt, name="receipt"),
    path("receipts/<str:name>/receive/", receipts.come, name="receive_receipt"),
    path("adjustments/new/", adjustments.new_adjustment, name="new_adjustment"),
]
