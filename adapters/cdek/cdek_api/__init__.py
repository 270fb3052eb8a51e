"""Wire client of the CDEK API v2."""
