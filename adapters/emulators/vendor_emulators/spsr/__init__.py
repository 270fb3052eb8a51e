"""SPSR Express's old XML API as public clients of 2015-2017 knew it, with state. No real answer is public."""

from vendor_emulators.spsr.emulator import SpsrEmulator

__all__ = ["SpsrEmulator"]
