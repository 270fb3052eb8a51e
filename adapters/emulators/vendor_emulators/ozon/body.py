"""Reading request bodies the way Ozon's gateway does: null is absent, an int64 may be a string."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from vendor_emulators.ozon.errors import INVALID_ARGUMENT, invalid, refuse
from vendor_emulators.wire import Request

Json = dict[str, Any]

_INT64 = re.compile(r"-?[0-9]{1,19}")


class Body:
    """One JSON object of a request; every getter refuses a wrong type with 400/3."""

    def __init__(self, value: Json, name: str) -> None:
        self.value = value
        self._name = name

    @classmethod
    def of(cls, request: Request, name: str) -> "Body":
        """The request's body; an absent one counts as ``{}``."""
        if not request.body:
            return cls({}, name)
        try:
            value = msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as failure:
            raise refuse(400, INVALID_ARGUMENT, f"proto: syntax error: {failure}") from None
        if not isinstance(value, dict):
            raise refuse(400, INVALID_ARGUMENT, "proto: syntax error: unexpected token, want an object")
        return cls(value, name)

    def has(self, key: str) -> bool:
        return self.value.get(key) is not None

    def wrong(self, key: str, why: str) -> Exception:
        return invalid(self._name, _camel(key), why)

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.value.get(key)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise self._type(key, "string", value)
        if required and not value:
            raise self.wrong(key, "value is required")
        return value

    def integer(
        self, key: str, *, required: bool = False, low: int | None = None, high: int | None = None
    ) -> int:
        value = self.value.get(key)
        if value is None:
            value = 0
        number = self._int64(key, value)
        if required and not number:
            raise self.wrong(key, "value is required")
        if (low is not None and number < low) or (high is not None and number > high):
            raise self.wrong(key, f"value must be inside range [{low}, {high}]")
        return number

    def number(self, key: str) -> float:
        value = self.value.get(key)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
            raise self._type(key, "float", value)
        return value

    def flag(self, key: str) -> bool:
        value = self.value.get(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self._type(key, "bool", value)
        return value

    def moment(self, key: str, *, required: bool = False) -> datetime | None:
        value = self.value.get(key)
        if value is None or value == "":
            if required:
                raise self.wrong(key, "value is required")
            return None
        try:
            when = msgspec.convert(value, datetime)
        except msgspec.ValidationError:
            raise self._type(key, "google.protobuf.Timestamp", value) from None
        return when if when.tzinfo else when.replace(tzinfo=UTC)

    def last_id(self) -> int:
        """The id that a numeric ``cursor`` names; 0 on the first page."""
        cursor = self.text("cursor")
        if cursor and not _INT64.fullmatch(cursor):
            raise self.wrong("cursor", "value is not a cursor")
        return int(cursor or 0)

    def items(self, key: str, *, low: int = 0, high: int | None = None) -> list[Any]:
        value = self.value.get(key)
        if value is None:
            value = []
        if not isinstance(value, list):
            raise self._type(key, "repeated field", value)
        if len(value) < low or (high is not None and len(value) > high):
            raise self.wrong(key, f"value must contain between {low} and {high} items, inclusive")
        return value

    def texts(self, key: str, *, low: int = 0, high: int | None = None) -> list[str]:
        values = self.items(key, low=low, high=high)
        for value in values:
            if not isinstance(value, str):
                raise self._type(key, "string", value)
        return values

    def integers(self, key: str, *, high: int | None = None) -> list[int]:
        return [self._int64(key, value) for value in self.items(key, high=high)]

    def part(self, key: str) -> "Body":
        """The object under ``key``; an absent one is empty. An array in its place is refused."""
        value = self.value.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._type(key, "message", value)
        return Body(value, f"{self._name}_{_camel(key)}")

    def parts(self, key: str, *, low: int = 0, high: int | None = None) -> list["Body"]:
        parts = []
        for i, value in enumerate(self.items(key, low=low, high=high)):
            if not isinstance(value, dict):
                raise self._type(key, "message", value)
            parts.append(Body(value, f"{self._name}_{_camel(key)}[{i}]"))
        return parts

    def _int64(self, key: str, value: object) -> int:
        if isinstance(value, str) and _INT64.fullmatch(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and -(1 << 63) <= value < 1 << 63:
            return value
        raise self._type(key, "int64", value)

    def _type(self, key: str, wanted: str, value: object) -> Exception:
        shown = json.dumps(value, ensure_ascii=False)[:60]
        return refuse(400, INVALID_ARGUMENT, f"proto: invalid value for {wanted} field {key}: {shown}")


def _camel(key: str) -> str:
    return "".join(piece[:1].upper() + piece[1:] for piece in key.split("_"))
