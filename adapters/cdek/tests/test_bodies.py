"""Our made-up answers have no field, and no kind of value, that CDEK's recorded ones do not have."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.cdek.tests.bodies import BODIES
from adapters.emulators.tests.shapes import Shape


def test_our_answers_have_only_what_was_recorded(shared: Path) -> None:
    found = {}
    for name, body in BODIES.items():
        recorded = json.loads((shared / "fixtures" / "cdek" / f"{name}.json").read_bytes())["response"]
        lines = Shape.of_examples([recorded]).differences(body)
        found[name] = [line for line in lines if not line.endswith(": missing")]
    assert {name: lines for name, lines in found.items() if lines} == {}
