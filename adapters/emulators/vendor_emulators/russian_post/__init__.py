"""Russian Post as of 2026-08: Otpravka, the public calculator, single and batch tracking, with state."""

from vendor_emulators.russian_post.emulator import RussianPostEmulator

__all__ = ["RussianPostEmulator"]
