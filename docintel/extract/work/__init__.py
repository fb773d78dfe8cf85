"""What is wrong, what is done about it, and which answers which."""
