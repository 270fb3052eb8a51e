"""Our made-up answers have no field, and no kind of value, that recorded ones do not have."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.emulators.tests.shapes import Shape
from adapters.russian_post.tests.bodies import BODIES
from adapters.russian_post.tests.conftest import unwrapped


def test_our_answers_have_only_what_was_recorded(shared: Path) -> None:
    found = {}
    for name, body in BODIES.items():
        content = (shared / "fixtures" / "russian-post" / name).read_bytes()
        lines = Shape.of_examples([json.loads(unwrapped(name, content))]).differences(body)
        found[name] = [line for line in lines if not line.endswith(": missing")]
    assert {name: lines for name, lines in found.items() if lines} == {}
