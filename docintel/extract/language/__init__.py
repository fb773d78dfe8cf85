"""What the finders share: the document as sentences and words, and how Chinese says things."""
