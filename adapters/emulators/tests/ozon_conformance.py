"""What Ozon published, as a judge of the emulator: requests it accepts, answers it gives."""

import json
from collections import Counter
from functools import cache
from typing import Any

from adapters.emulators.tests.answers import shape
from adapters.emulators.tests.shapes import Shape
from tests.conformance.closed_spec import ClosedSpec
from tests.conformance.compact import closed, load

# Departures of our answers from Ozon's schema or examples, each with its reason.
ALLOWED = {
    # By the schema ids in these lists are strings and errors are strings; the examples show numbers and [].
    # The emulator speaks the schema unless it is switched to "examples".
    "/v2/fbs/posting/delivering": {"$.result[].error: string, known as array"},
    "/v2/fbs/posting/last-mile": {"$.result[].error: string, known as array"},
    "/v2/fbs/posting/delivered": {"$.result[].error: string, known as array"},
    "/v2/conditional-cancellation/list": {"$.counter: number, known as string"},
    # The example has the text "string" where the schema has a boolean.
    "/v2/warehouse/list": {"$.has_next: boolean, known as string"},
}


@cache
def _spec() -> ClosedSpec:
    return closed("ozon")


def schema_shape(path: str) -> Shape | None:
    return shape("ozon", "declared", f"POST {path}")


def example_shape(path: str) -> Shape | None:
    return shape("ozon", "recorded", path)


def departures(entries: list[dict[str, Any]]) -> tuple[list[str], Counter[str]]:
    """What in this log is against the spec or the examples, and how many exchanges of each method passed.

    Explicit nulls in requests are dropped before the check: Ozon's gateway reads them as absent, and the
    foreign client sends them.
    """
    found: list[str] = []
    checked: Counter[str] = Counter()
    for entry in entries:
        if entry["status"] != 200:
            continue
        path = entry["path"]
        headers = {**entry["headers"], "client-id": entry["headers"].get("client-id", "1")}
        asked = _without_nulls(json.loads(entry["body"] or "{}"))
        # Ozon's guides send {} also to methods that declare no body.
        bodiless = not {"body", "body!"} & load("ozon")["operations"].get(f"POST {path}", {}).keys()
        body = b"" if bodiless and asked == {} else json.dumps(asked).encode()
        found += [
            f"{path} request: {violation}"
            for violation in _spec().violations(
                entry["method"], path, entry["query"], headers, body, "application/json"
            )
        ]
        if entry.get("content_type") == "application/json":
            answer = json.loads(entry["answer"])
            examples, schema = example_shape(path), schema_shape(path)
            lines = set(examples.differences(answer, schema)) if examples else set()
            if schema is not None:
                lines |= set(schema.differences(answer, examples))
            found += sorted(f"{path} answer: {line}" for line in lines - ALLOWED.get(path, set()))
        checked[path] += 1
    return sorted(set(found)), checked


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
