"""The pages on which goods come in and go out, and orders are billed and paid."""
