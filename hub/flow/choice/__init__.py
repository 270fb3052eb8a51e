"""Step 4: quotes side by side, and which one is booked."""
