"""Whether the hub does its work, and what a person has to decide."""
