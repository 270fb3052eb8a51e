"""Any JSON at any place of a valid body, for tests that an emulator never breaks on what it is sent."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

# Beside what Hypothesis thinks of: what numbers, digits and texts trip programs over.
AWKWARD: list[Any] = [
    None,
    True,
    -1,
    1 << 70,
    10**400,
    1e308,
    0.1,
    "",
    "NaN",
    "Infinity",
    "1e999999",
    "²",
    "-",
    "--5",
    "٣",
    "9" * 5000,
    "\x00",
    "x" * 3000,
    [],
    [None],
    [[]],
    ["x"],
    {},
    {"": {}},
    [{}],
]

json_values = st.sampled_from(AWKWARD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value inside, the whole included."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with ``new`` at ``path``."""
    if not path:
        return new
    result = copy.deepcopy(value)
    inner = result
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return result


@st.composite
def mutated(draw: st.DrawFn, body: Any) -> Any:
    """The body with one or two places replaced by any JSON."""
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(list(places(body))))
        body = replaced(body, place, draw(json_values))
    return body
