"""Learning from what people marked: gold records against what was read, features, and models adapted to corrections."""
