"""The golden trace: what the hub does in three seeded runs, written down whole.

A change that is to change nothing (files that move, a function in another place) leaves it as it is, to the
last request and the last row. ``python -m tests.golden write FILE`` writes it, ``compare OLD NEW`` shows
where two of them part; ``expected.txt`` is its short form, which a test holds the hub to.
"""
