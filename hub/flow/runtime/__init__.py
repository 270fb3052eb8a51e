"""What a running hub has at hand, below every step of the day: `hub.flow.app` holds it together."""
