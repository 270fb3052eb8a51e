"""CDEK as a carrier of parcelhub."""
