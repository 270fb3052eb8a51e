"""Two spellings of the same answers: as the schema says, or as Ozon's own examples show.

By the schema, ids in ``requirements`` and the like are strings and ``error`` is a string; the examples show
numbers and ``[]``. Both were seen; a client must take either.
"""

from typing import Any, Literal

import msgspec

Spelling = Literal["schema", "examples"]

# Arrays of int64 that the schema spells as strings (Ozon swagger 2026-09-22).
_ID_LISTS = frozenset({"products_with_possible_mandatory_mark", "arrival_pass_ids"})
_STATUS_CALLS = frozenset(
    {"/v2/fbs/posting/delivering", "/v2/fbs/posting/last-mile", "/v2/fbs/posting/delivered"}
)


def respell(path: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer in the examples' spelling."""
    if path in _STATUS_CALLS:
        answer["result"] = [line | {"error": line["error"] or []} for line in answer["result"]]
    elif path == "/v2/warehouse/list":
        answer["has_next"] = "true" if answer["has_next"] else "false"
    else:
        if "postings" in answer:
            answer["postings"] = [msgspec.json.decode(posting) for posting in answer["postings"]]
        _numbers(answer)
    return answer


def _numbers(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, list) and (key in _ID_LISTS or key.startswith("products_requiring_")):
                value[key] = [int(entry) for entry in item]
            else:
                _numbers(item)
    elif isinstance(value, list):
        for item in value:
            _numbers(item)
