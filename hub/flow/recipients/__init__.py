"""Buyers: addresses, identity documents, and being forgotten."""
