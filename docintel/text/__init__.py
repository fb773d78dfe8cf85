"""Pure functions over strings: no files, no models, nothing of docintel's but errors."""
