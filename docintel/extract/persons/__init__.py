"""People: their names, positions and units, and who speaks."""
