"""The one shape that sources speak, and what each of them has said: sources, batches, documents, versions, links."""
