"""Step 3: what goes into which box."""
