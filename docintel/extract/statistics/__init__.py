"""Every number that counts something."""
