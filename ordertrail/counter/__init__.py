"""The counter 柜台: pages on which people type orders, customers and products, and do what an order of our own allows."""
