"""A whole seller's day against the emulators, in half a minute."""
