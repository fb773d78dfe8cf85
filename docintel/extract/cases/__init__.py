"""Who did what, and what followed."""
