"""How often a booking asks the database: what is read once and handed on is not read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.flow import statements

_READ, _WRITTEN = 55, 112
"""With some room: on a busy machine the worker looks at its queue more often."""


@pytest.mark.once
async def test_a_booking_reads_what_it_needs_once(tmp_path: Path) -> None:
    """They were 65 and 102, when each part of a booking read the seller, the buyer and the accounts for
    itself."""
    read, written = await statements(tmp_path, 20)
    assert (read <= _READ, written <= _WRITTEN) == (True, True), (read, written)
