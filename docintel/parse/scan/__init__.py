"""Images of pages: clean-up, recognition, tables."""
