"""Emulators of vendors' APIs with state, a virtual clock and faults."""
