"""Shipments: the intent, the booking, what a look-up finds, the cancel."""
