"""What the marketplace is told."""
