"""Carriages, batches and sheets."""
