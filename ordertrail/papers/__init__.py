"""Papers that a company hands to its customers, as PDF: the delivery note of a shipment, the statement of a customer."""
