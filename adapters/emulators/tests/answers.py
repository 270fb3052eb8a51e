"""The shape of what the vendors answer: kinds of values and names of fields, noted from recorded answers.

The notes are in ``tests/conformance/schemas/*-answers.json``; where the recorded answers are beside the
repository, ``test_answers.py`` derives the notes again and holds the files to them.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from adapters.emulators.tests.shapes import Note, Shape
from tests.conformance.compact import SCHEMAS, SPECS

Notes = dict[str, Note]


@cache
def noted(vendor: str) -> Notes:
    """Our file of this vendor's answers."""
    notes: Notes = json.loads((SCHEMAS / f"{vendor}-answers.json").read_bytes())
    return notes


@cache
def shape(vendor: str, part: str, name: str) -> Shape | None:
    """What is known of a ``recorded`` answer, by its name, or of a ``declared`` one, by its operation."""
    note = noted(vendor)[part].get(name)
    return None if note is None else Shape.of_note(note)


def recorded(vendor: str, name: str) -> Shape:
    found = shape(vendor, "recorded", name)
    assert found is not None, name
    return found


def derive(vendor: str, shared: Path) -> Notes:
    """The notes that our file must have, from the vendor's own documents and answers."""
    document = json.loads((shared / "specs" / SPECS[vendor]).read_bytes())
    had = noted(vendor)
    found = {name: _example(vendor, name, shared).noted() for name in had["recorded"]}
    declared = {name: _declared(document, name).noted() for name in had["declared"]}
    return {"recorded": found, "declared": declared}


def _example(vendor: str, name: str, shared: Path) -> Shape:
    folder = shared / "fixtures" / vendor
    files: Iterable[Path] = [folder / f"{name}.json"]
    if name.startswith("/"):  # Ozon's examples are by method
        files = sorted(folder.glob(f"{name.strip('/').replace('/', '_')}.response.*.json"))
    shape = Shape.of_examples(_body(name, json.loads(file.read_bytes())) for file in files)
    if name == "otpravka-2026-07-clean-address-from.response":
        # A live test of another project names one field more.
        [first, *_] = json.loads((folder / "clean-address.assertions.json").read_bytes())
        assert shape.items is not None
        shape.items.keys |= {key: Shape() for key in first["out"] if key not in shape.items.keys}
    return shape


def _body(name: str, recorded: Any) -> Any:
    """Without what the tool that recorded it wrapped it in."""
    if name.startswith("tariff-2026"):
        return recorded["result"]
    if isinstance(recorded, dict) and "kind" in recorded:
        return recorded.get("response", recorded.get("request"))
    return recorded


def _declared(document: dict[str, Any], operation: str) -> Shape:
    method, path = operation.split()
    content = document["paths"][path][method.lower()]["responses"]["200"]["content"]
    return Shape.of_schema(document, next(iter(content.values()))["schema"])
