"""Small processes that open vendors' files.

A PDF of two kilobytes can take a process's memory, or a minute of its time, and a parser can be broken into.
So the hub itself never parses what a vendor sends: the reading methods of every `hub.LabelRenderer`
(``pages``, ``compose``, ``picture``) run in a child that holds no secret, no database and no connection,
with limits of time, memory and output.
"""

from __future__ import annotations

from hub.calls.children.pool import Children

__all__ = ["Children"]
