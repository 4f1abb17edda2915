"""One small file a way to draw metrics; its template has the same name."""
