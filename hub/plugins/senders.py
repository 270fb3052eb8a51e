"""What is wrong with what a person says of a sender: the same at every door, and in plugins.toml."""

from __future__ import annotations

from hub.plugin_api.models import Sender
from hub.plugins.toml_keys import KeyPath
from hub.words import said


def has_phone(sender: Sender) -> bool:
    """Whether there is a number to call."""
    return any(letter.isdigit() for letter in sender.phone)


def wrong_phone(sender: Sender | None) -> tuple[KeyPath, str] | None:
    """The key of a phone that nobody can dial, and what to write there. None at all is allowed: `hub doctor`
    tells of it."""
    if sender is None or not sender.phone or has_phone(sender):
        return None
    return ("sender", "phone"), said(
        "a phone number, such as +7 495 123-45-67; what is there has no digits", code="seller.phone_number"
    )


__all__ = ["has_phone", "wrong_phone"]
