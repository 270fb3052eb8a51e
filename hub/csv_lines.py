"""The old name of what `hub.plugin_api.tables` has: plugins of others import from here."""

from __future__ import annotations

from hub.plugin_api.tables import CsvTable, open_csv, read_day

__all__ = ["CsvTable", "open_csv", "read_day"]
