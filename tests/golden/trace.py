"""What a run leaves behind, as lines that two runs have in common: ids, times and places by their order."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub.store import Store
from hub.store.schema import TABLES

_HASH = re.compile(r"\b()[0-9a-f]{64}\b")
"""Of a file: one that is put together of others has an id of its own in it, another one each time."""
_ID = re.compile(r"\b([a-z]{2,5})_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_NOT_SAID = {"leases": (), "files": ("content",), "api_keys": (), "idempotency": ()}
"""Tables, and columns of tables, that are of this machine or of this minute."""
_HIDDEN = frozenset({"lease_owner", "lease_until", "fence", "worker"})
_LONG = 300
_FRACTION = re.compile(r"(?<=\dT\d\d:\d\d:\d\d)\.\d+")


class Trace:
    """The lines of one run, in sections."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.sections: dict[str, list[str]] = {}
        self._ids: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def say(self, section: str, line: str) -> None:
        self.sections.setdefault(section, []).append(self.plain(line))

    def plain(self, text: str) -> str:
        """With a number for each id, in the order in which they come up."""
        for kind in (_ID, _HASH):
            text = kind.sub(lambda found: self._ids.get(found[0]) or self._number(found[0], found[1]), text)
        return _FRACTION.sub("", text)

    def _number(self, text: str, prefix: str) -> str:
        self._counts[prefix] += 1
        made = self._ids[text] = f"{prefix or 'file'}#{self._counts[prefix]}"
        return made

    def request(
        self, section: str, now: datetime, name: str, request: httpx.Request, body: bytes, status: Any
    ) -> None:
        key = request.headers.get("Idempotency-Key", "")
        said = [
            self.time(now),
            name,
            request.method,
            request.url.raw_path.decode(),
            _short(body),
            key,
            f"-> {status}",
        ]
        self.say(section, " ".join(one for one in said if one))

    def time(self, at: datetime) -> str:
        return f"T+{(at - self.start) // timedelta(seconds=1)}"

    def tables(self, section: str, store: Store) -> None:
        """The history, posting by posting, then every other table."""
        reader = store.reader
        numbers = {row["id"]: row["number"] for row in reader.execute("SELECT id, number FROM postings")}
        self._ids |= {key: f"<{number}>" for key, number in numbers.items()}
        for table in sorted(TABLES, key=lambda one: (one.name != "history", one.name)):
            hidden = _NOT_SAID.get(table.name)
            columns = [one for one in table.columns if one not in _HIDDEN and one not in (hidden or ())]
            if hidden == ():
                continue
            # A hash has an order of its own in each process, where what it is of has a set in it.
            key = [one for one in table.key if table.columns[one] != "bytes"]
            order = "created_at, rowid" if table.name == "files" else ", ".join(key)
            order += ", time, rowid" if len(key) < len(table.key) else ""
            for row in reader.execute(f"SELECT * FROM {table.name} ORDER BY {order}"):
                said = {name: self._cell(row[name]) for name in columns}
                values = {
                    name: value for name, value in said.items() if value not in ("", None, 0, "{}", "[]")
                }
                if values.get("name") == "counter:identity":
                    continue  # made by dice that nobody can seed
                self.say(f"{section}.{table.name}", json.dumps(values, ensure_ascii=False, sort_keys=False))

    def _cell(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return "bytes"
        if isinstance(value, int) and value > 10**15:  # microseconds
            return f"T+{(value - int(self.start.timestamp() * 10**6)) // 10**6}"
        if isinstance(value, str) and len(value) > _LONG:
            return _short(self.plain(value).encode())
        return value

    # --- as text ----------------------------------------------------------------------------------------

    def text(self) -> str:
        parts = []
        for name, lines in self.sections.items():
            parts += [f"== {name}", *lines]
        return "\n".join(parts) + "\n"

    def digest(self) -> str:
        """The short form: for each section how many lines there are, their mark, and what kinds of them."""
        parts = []
        for name, lines in self.sections.items():
            mark = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
            parts.append(f"{name}: {len(lines)} lines, {mark}")
            parts += [
                f"    {kind}: {times}" for kind, times in sorted(Counter(map(_kind, lines)).items()) if kind
            ]
        return "\n".join(parts) + "\n"


def _short(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if len(text) <= _LONG:
        return text
    return f"{text[:_LONG]}... {len(body)} bytes, {hashlib.sha256(body).hexdigest()[:12]}"


def _kind(line: str) -> str:
    """What a line is about, without its figures: a request's place, a row's kind and state."""
    if line.startswith("{"):
        row = json.loads(line)
        return " ".join(str(row[key]) for key in ("kind", "stage", "state") if key in row)
    said = line.split(" ")
    if line.startswith("T+") and len(said) > 3:
        path = re.sub(r"[A-Za-z]*[0-9#][-0-9A-Za-z#_]{4,}", "*", said[3].partition("?")[0])
        return f"{said[1]} {said[2]} {path} {said[-1]}"
    return ""


def compare(old: str, new: str, most: int = 40) -> list[str]:
    """Where two traces part: for each section that differs its first differences."""
    sides = _sections(old), _sections(new)
    found: list[str] = []
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        before, after = sides[0].get(name), sides[1].get(name)
        if before == after:
            continue
        if before is None or after is None:
            found.append(f"== {name}: only in the {'new' if before is None else 'old'} one")
            continue
        changes = [
            line
            for line in difflib.unified_diff(before, after, lineterm="", n=1)
            if not line.startswith(("---", "+++"))
        ]
        found += [f"== {name}: {len(before)} lines before, {len(after)} after", *changes[:most]]
        if len(changes) > most:
            found.append(f"   ... and {len(changes) - most} more lines of differences")
    return found


def _sections(text: str) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("== "):
            lines = found[line[3:]] = []
        else:
            lines.append(line)
    return dict(found)


def joined(traces: Iterable[Trace]) -> tuple[str, str]:
    """The whole text of several runs, and the short form."""
    all_of_them = list(traces)
    return "".join(one.text() for one in all_of_them), "".join(one.digest() for one in all_of_them)


__all__ = ["Trace", "compare", "joined"]
