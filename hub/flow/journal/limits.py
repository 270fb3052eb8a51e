"""How long the journal waits, how often it looks and sends, and the codes that it ends with."""

from __future__ import annotations

from datetime import timedelta

DEADLINE = 30.0  # real seconds for one call
SKEW = 1.0  # real seconds by which two machines' clocks may differ
LOOKS = 3  # an absence counts after so many look-ups over the settle time
MOST_SENDS = 2  # the same reference is sent twice at most
POLL = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1))
FLOOR = 0.3  # real seconds between two looks
GIVE_UP = timedelta(hours=6)
WATCH = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""After so long each is looked at once more: what waits for a person, and what was sent twice."""
WATCHED = timedelta(days=7)
EXISTS_SAYS_A_PERSON = "word_of_a_person"
"""In an operation's ``result``: somebody looked at the vendor, and it is there."""
ENDED_THERE = "cancelled_since"
"""The ``reason_code`` of a booking whose order is there, and was ended by somebody else."""
NOT_DONE = "not_done"
"""The ``reason_code`` of what waits for a person after each try, and each look that saw nothing done."""
