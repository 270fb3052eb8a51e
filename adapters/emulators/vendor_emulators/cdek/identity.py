"""Identifiers from the emulator's own random numbers: the same seed makes the same ones."""

import uuid
from random import Random


def new_uuid(random: Random) -> str:
    """A version 4 UUID."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
