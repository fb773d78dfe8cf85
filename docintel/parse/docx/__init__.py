"""Word documents of the Office Open XML kind."""
