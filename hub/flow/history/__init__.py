"""What happened to a posting, and how that is shown."""
