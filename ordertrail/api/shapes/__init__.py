"""The shapes of answers, a file for each kind; OpenAPI is made of them."""
