"""One small file a metric. Adding one: docs/develop/add-a-metric.md."""
