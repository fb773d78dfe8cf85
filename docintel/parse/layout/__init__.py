"""Pages of text and tables to lines in reading order."""
