"""Ozon's Seller API as of 2026-11: postings of every flow, labels, carriages, statuses."""

from vendor_emulators.ozon.emulator import OzonEmulator

__all__ = ["OzonEmulator"]
