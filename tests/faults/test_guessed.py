"""What an emulator only guesses must not be what the hub rests on.

``--guessed 20`` is the long run: so many seeds of each, and of every carrier.
"""

from __future__ import annotations

import pytest
from vendor_emulators.refusals import Way

from tests.faults.guessed import WAYS, Ended, cancel_of_a_booking, cancel_of_a_posting


@pytest.fixture
def seeds(request: pytest.FixtureRequest, fault_seed: int) -> list[int]:
    return [fault_seed + number for number in range(request.config.getoption("--guessed", 1))]


def sound(ended: Ended, way: Way, gone: str) -> None:
    """``gone``: the vendor's word for what is cancelled."""
    print(way, ended)
    assert ended.met == (0 if way == "refuse" else 1)
    assert (ended.hub == "cancelled") == (ended.vendor == gone)
    if way == "late":
        assert ended.vendor == gone
    else:
        assert ended.problems or ended.vendor == gone


@pytest.mark.parametrize("way", WAYS)
def test_ozon_may_not_refuse_to_cancel_what_is_on_its_way(way: Way, seeds: list[int]) -> None:
    for carrier in ("ozon", "unique_ref", "cdek") if len(seeds) > 1 else ("unique_ref",):
        for seed in seeds:
            sound(cancel_of_a_posting(way, seed, carrier), way, "cancelled")


@pytest.mark.parametrize("way", WAYS)
def test_cdek_may_not_refuse_a_second_request(way: Way, seeds: list[int]) -> None:
    for seed in seeds:
        sound(cancel_of_a_booking(way, seed), way, "REMOVED")
