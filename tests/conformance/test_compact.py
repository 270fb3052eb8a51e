"""Our compact schemas say what the vendors' own documents say, no less and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.compact import SCHEMAS, SPECS, condense, derive, document, expand, load, written


def test_the_schemas_agree_with_the_vendors_documents(shared: Path) -> None:
    """Names, types, what is required, limits. After a change of operations: write what ``derive`` gives."""
    for vendor, spec in SPECS.items():
        facts = load(vendor)
        theirs = json.loads((shared / "specs" / spec).read_bytes())
        assert facts == derive(theirs, facts["operations"]), vendor


@pytest.mark.parametrize("vendor", SPECS)
def test_nothing_is_lost_on_the_way_to_the_validator(vendor: str) -> None:
    facts = load(vendor)
    alive = {name: noted for name, noted in facts["operations"].items() if "gone" not in noted}
    again = derive(document(facts), alive)
    assert again["operations"] == alive
    assert again["types"].items() <= facts["types"].items()
    assert (SCHEMAS / f"{vendor}.json").read_text() == written(facts)


@pytest.mark.parametrize(
    ("schema", "note"),
    [
        ({"type": "string", "description": "said at length", "example": "x"}, "string"),
        ({"$ref": "#/components/schemas/Box", "nullable": True}, "@Box?"),
        ({"type": "string", "maxLength": 5, "nullable": True}, {"$": "string?", "maxLength": 5}),
        ({"type": "array", "items": {"type": "integer"}}, ["integer"]),
        (
            {
                "type": "object",
                "required": ["a", "hidden", "other"],
                "properties": {
                    "a": {"type": "string", "enum": ["x"]},
                    "b": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
                    "hidden": {"type": "string", "readOnly": True},
                },
            },
            {
                "$": "object",
                "required": ["other"],
                "fields": {
                    "a!": {"$": "string", "enum": ["x"]},
                    "b": {"$": "", "oneOf": ["integer", "string"]},
                },
            },
        ),
        (
            {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
            {"$": "object", "additionalProperties": {"$": "number", "minimum": 0}},
        ),
    ],
)
def test_facts_are_noted_and_read_back(schema: dict[str, Any], note: Any) -> None:
    assert condense(schema) == note
    assert condense(expand(note)) == note
