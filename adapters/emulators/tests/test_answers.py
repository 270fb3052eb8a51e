"""What is noted of the vendors' answers is what their documents and recorded answers show."""

from pathlib import Path

import pytest
from adapters.emulators.tests.answers import derive, noted
from adapters.emulators.tests.shapes import Shape
from tests.conformance.compact import SCHEMAS, SPECS, written


def test_the_notes_agree_with_the_answers(shared: Path) -> None:
    """After a change of names: write what ``derive`` gives."""
    for vendor in SPECS:
        assert noted(vendor) == derive(vendor, shared), vendor


@pytest.mark.parametrize("vendor", SPECS)
def test_a_note_is_read_as_it_was_written(vendor: str) -> None:
    notes = noted(vendor)
    for part in notes.values():
        for name, note in part.items():
            assert Shape.of_note(note).noted() == note, name
    assert (SCHEMAS / f"{vendor}-answers.json").read_text() == written(notes)
