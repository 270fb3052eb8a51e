"""parcelhub: the integration hub for people who sell on marketplaces and ship parcels."""

__version__ = "0.1.0"
