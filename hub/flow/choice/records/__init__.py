"""What carriers did so far, in figures."""
