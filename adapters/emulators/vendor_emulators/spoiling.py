"""Answers spoilt in their content: JSON with numbers as strings, errors of a gateway."""

import json
from typing import Any

from vendor_emulators.rules import Rule
from vendor_emulators.wire import Response

HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
BURST = (500, 502, 503, 504)


class _Number(str):
    """The text of a JSON number."""

    __slots__ = ()


def plain(rule: Rule, default: int = 500, headers: dict[str, str] | None = None) -> Response:
    """The status, body and headers that the rule gives."""
    return Response(
        rule.status or default,
        (rule.body if rule.body is not None else "").encode(),
        rule.content_type or "application/json",
        {**rule.headers, **(headers or {})},
    )


def numbers_as_strings(response: Response, field: str | None) -> Response | None:
    """The answer with its numbers in quotes (those under ``field`` only); None where it has no such."""
    if "json" not in response.content_type:
        return None
    found = False

    def spoil(value: Any, wanted: bool) -> Any:
        nonlocal found
        if isinstance(value, _Number):
            found = found or wanted
            return str(value) if wanted else _number(value)
        if isinstance(value, list):
            return [spoil(item, wanted) for item in value]
        if isinstance(value, dict):
            return {
                key: spoil(item, wanted if field is None else key == field) for key, item in value.items()
            }
        return value

    try:
        value = json.loads(response.body, parse_int=_Number, parse_float=_Number)
    except ValueError:
        return None
    spoilt = spoil(value, field is None)
    if not found:
        return None
    body = json.dumps(spoilt, ensure_ascii=False).encode()
    return Response(response.status, body, headers=response.headers)


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)
