"""Document → records: a spaCy pipeline with one finder a record type."""
