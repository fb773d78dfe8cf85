"""Responsible organisations: their names, mentions and full official forms."""
