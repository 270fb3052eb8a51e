"""Every fault of the trials that a vendor can commit, one case each, against a vendor with its own ledger.

What counts is the ledger: at most one live order for a posting, none lost, and a person is told of whatever
costs money or a parcel. `tests/faults/evil` holds the vendor, its plugin, the cases and the auditor.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.evil.bookings import BOOKINGS
from tests.faults.evil.lies import LIES
from tests.faults.evil.papers import PAPERS
from tests.faults.evil.refusals import REFUSALS
from tests.faults.evil.scene import Case, play
from tests.faults.evil.ways import WAYS

CASES = [*BOOKINGS, *REFUSALS, *PAPERS, *WAYS, *LIES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_the_ledger_shows_one_order_and_a_person_hears_of_the_rest(case: Case, tmp_path: Path) -> None:
    verdict = await play(case, tmp_path)
    twice = verdict.paid_twice if not case.twice_documented else []
    assert (twice, verdict.lost, verdict.silent, verdict.wrong_label) == ([], [], {}, [])
    assert verdict.misplaced == []
    told = {kind for kinds in verdict.noise.values() for kind in kinds}
    assert told == ({case.told} if case.told else set())


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
