"""Work orders and projects: what is made for an order."""
