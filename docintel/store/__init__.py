"""The catalog: what is known about each document, in one SQLite file, and the stored originals beside it."""
