"""Compares answers in shape with recorded examples and with the vendor's schema."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Note = Any


@dataclass
class Shape:
    """What is known of a place in an answer: kinds of values, keys of objects, shape of items."""

    kinds: set[str] = field(default_factory=set)
    keys: dict[str, "Shape"] = field(default_factory=dict)
    always: set[str] | None = None
    items: "Shape | None" = None

    def learn(self, value: object) -> None:
        """Add an example."""
        self.kinds.add(_kind(value))
        if isinstance(value, dict):
            self.always = set(value) if self.always is None else self.always & set(value)
            for key, item in value.items():
                self.keys.setdefault(key, Shape()).learn(item)
        elif isinstance(value, list):
            self.items = self.items or Shape()
            for item in value:
                self.items.learn(item)

    @classmethod
    def of_examples(cls, examples: Iterable[object]) -> "Shape":
        shape = cls()
        for example in examples:
            shape.learn(example)
        return shape

    @classmethod
    def of_schema(cls, document: Mapping[str, Any], schema: Mapping[str, Any]) -> "Shape":
        """The shape that an OpenAPI schema declares; every declared key counts as always there."""
        while "$ref" in schema:
            target: Any = document
            for part in schema["$ref"].split("/")[1:]:
                target = target[part]
            schema = target
        shape = cls()
        if "properties" in schema or schema.get("type") == "object":
            shape.kinds.add("object")
            shape.keys = {k: cls.of_schema(document, v) for k, v in schema.get("properties", {}).items()}
            shape.always = set(shape.keys)
        elif schema.get("type") == "array":
            shape.kinds.add("array")
            shape.items = cls.of_schema(document, schema["items"])
        else:
            kind = schema.get("type", "any")
            shape.kinds.add("number" if kind == "integer" else kind)
        return shape

    @classmethod
    def of_note(cls, note: Note) -> "Shape":
        """The shape that :meth:`noted` wrote down."""
        if isinstance(note, str):
            return cls(kinds=set(note.split("|")) - {""})
        if isinstance(note, list):
            return cls(kinds={"array"}, items=cls.of_note(note[0]))
        fields = {name: inner for name, inner in note.items() if name not in ("$", "[]")}
        return cls(
            kinds=set(note.get("$", "object").split("|")) - {""},
            keys={name.removesuffix("!"): cls.of_note(inner) for name, inner in fields.items()},
            always={name[:-1] for name in fields if name.endswith("!")} if fields else None,
            items=cls.of_note(note["[]"]) if "[]" in note else None,
        )

    def noted(self) -> Note:
        """Kinds and names in JSON: ``!`` marks what is always there, ``$`` kinds beside fields."""
        kinds = "|".join(sorted(self.kinds))
        if not self.keys:
            if self.items is None:
                return kinds
            inner = self.items.noted()
            return [inner] if kinds == "array" else {"$": kinds, "[]": inner}
        noted: dict[str, Note] = {} if kinds == "object" else {"$": kinds}
        if self.items is not None:
            noted["[]"] = self.items.noted()
        always = self.always or set()
        return noted | {
            key + "!" * (key in always): shape.noted() for key, shape in sorted(self.keys.items())
        }

    def differences(self, value: object, also: "Shape | None" = None, where: str = "$") -> list[str]:
        """How the value departs; null passes everywhere. Keys that ``also`` knows are no departure."""
        kind = _kind(value)
        if kind == "null" or not self.kinds or self.kinds <= {"null", "any"}:
            return []
        if kind not in self.kinds:
            return [f"{where}: {kind}, known as {'/'.join(sorted(self.kinds - {'null'}))}"]
        found: list[str] = []
        if isinstance(value, dict):
            found += [f"{where}.{key}: missing" for key in sorted((self.always or set()) - set(value))]
            for key, item in value.items():
                further = also.keys.get(key) if also else None
                if key in self.keys:
                    found += self.keys[key].differences(item, further, f"{where}.{key}")
                elif further is None:
                    found.append(f"{where}.{key}: unknown")
        elif isinstance(value, list) and self.items is not None:
            for item in value:
                found += self.items.differences(item, also.items if also else None, f"{where}[]")
        return found


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    raise TypeError(type(value))
