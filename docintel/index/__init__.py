"""Finding passages by words and by meaning; derived from the catalog and rebuilt from it at any time."""
