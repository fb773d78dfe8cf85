"""Places: the gazetteer, names of places in a text, and the region a passage is about."""
