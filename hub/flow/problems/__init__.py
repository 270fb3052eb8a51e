"""Questions to a person: opened, and closed."""
