"""What all tests share: nothing depends on how fast a machine is, so nothing is too slow for Hypothesis."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
