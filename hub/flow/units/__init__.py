"""What the marketplace wants to know of each unit before a posting is packed: collected, checked, told."""
