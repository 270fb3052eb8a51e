"""CDEK's API v2 as of 2026-07, with state."""

from vendor_emulators.cdek.emulator import CdekEmulator

__all__ = ["CdekEmulator"]
