"""The commands, imported when they are typed."""
