"""One small file a board. Adding one: docs/develop/add-a-board.md."""
