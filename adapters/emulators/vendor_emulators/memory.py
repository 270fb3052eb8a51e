"""Answers that were given, for the faults that give them again."""

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from vendor_emulators.wire import Request, Response

_TOTAL = 16 * 1024 * 1024
_PLACE = re.compile(r"v\d+")

Key = tuple[str, str, str, bytes]


class Memory:
    """Good answers by request, newest last, bounded to 16 MiB."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, tuple[datetime, Response]] = OrderedDict()
        self._families: dict[tuple[str, str], OrderedDict[Key, None]] = {}
        self._bytes = 0

    def keep(self, request: Request, response: Response, at: datetime) -> None:
        """Remember a 2xx answer; an older one of the same request is replaced."""
        if not 200 <= response.status < 300 or len(response.body) > _TOTAL // 16:
            return
        key = _key(request)
        self._forget(key)
        self._answers[key] = (at, response)
        self._families.setdefault(_family(request), OrderedDict())[key] = None
        self._bytes += _size(key, response)
        while self._bytes > _TOTAL:
            self._forget(next(iter(self._answers)))

    def earlier(self, request: Request, now: datetime, age: float) -> Response | None:
        """What this very request was answered before, at least ``age`` seconds ago."""
        known = self._answers.get(_key(request))
        if known is None or now - known[0] < timedelta(seconds=age):
            return None
        return known[1]

    def foreign(self, request: Request) -> Response | None:
        """The newest answer of another request of the same method and kind of path.

        Path segments with digits (``SKV1``, a uuid) count as one, except versions (``v2``).
        """
        own = _key(request)
        family = self._families.get(_family(request), OrderedDict())
        own_answer = self._answers.get(own)
        for key in reversed(family):
            if key != own and (own_answer is None or self._answers[key][1].body != own_answer[1].body):
                return self._answers[key][1]
        return None

    def _forget(self, key: Key) -> None:
        known = self._answers.pop(key, None)
        if known is None:
            return
        self._bytes -= _size(key, known[1])
        family = (key[0], _template(key[1]))
        del self._families[family][key]
        if not self._families[family]:
            del self._families[family]


def _key(request: Request) -> Key:
    return (request.method, request.path, request.query_string, request.body)


def _family(request: Request) -> tuple[str, str]:
    return (request.method, _template(request.path))


def _template(path: str) -> str:
    return "/".join(
        "*" if any(c.isdigit() for c in piece) and not _PLACE.fullmatch(piece) else piece
        for piece in path.split("/")
    )


def _size(key: Key, response: Response) -> int:
    return len(key[1]) + len(key[2]) + len(key[3]) + len(response.body) + 1024
