"""Messages to people outside the hub: what is told, when, in which words, and by which address."""
