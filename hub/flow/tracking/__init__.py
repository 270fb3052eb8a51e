"""Parcels on their way: events and charges."""
