"""The seller's day, a module for each step; the booking journal; what the doors call."""
