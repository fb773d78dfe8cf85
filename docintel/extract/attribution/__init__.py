"""Whose a figure is, where and when."""
