"""The routes below ``/v1``, a controller for each step of the seller's day."""
