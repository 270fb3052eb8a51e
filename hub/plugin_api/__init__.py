"""What plugins see, by way of `hub`: models, settings, errors, base classes, hooks."""
