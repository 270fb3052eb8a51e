"""The one-file carrier that third parties copy."""
