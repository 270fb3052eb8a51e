"""The courier's refusals: all of them are in its documentation, which is the docstring of this package."""

from vendor_emulators.refusals import Guess

DOCUMENTED = {
    "vendor_emulators.courier": (
        "unauthorized", "not_found", "method_not_allowed", "invalid", "too_heavy", "not_served", "cancelled",
        "already_accepted",
    ),
}  # fmt: skip

GUESSED: tuple[Guess, ...] = ()
