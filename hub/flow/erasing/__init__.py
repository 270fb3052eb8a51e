"""Personal data taken out: of a vendor's words when they are stored, and of everything when it is erased."""
