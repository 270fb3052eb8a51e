"""A vendor that does one thing and says another, over real HTTP.

``wire``: the server. ``vendor``: its doors, its ledger, and twists, which say what a request meets.
``carrier``: its plugin, in variants. ``scene``: one case from end to end. ``auditor``: what became of it, by
the ledger. The cases are in ``bookings`` and the modules beside it; `tests/faults/test_evil.py` runs them
all.
"""
