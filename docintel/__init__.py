"""docintel."""
