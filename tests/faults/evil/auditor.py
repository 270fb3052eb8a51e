"""What became of it, by the vendor's ledger: was anything paid twice, lost, or silent?

The auditor reads the ledger's file, what the marketplace was told, which labels can be printed, and for which
postings a person has been told something. It knows nothing of the journal.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Container, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

_CAP = Decimal("1.1")  # above it a person decides
_MORE = Decimal(50)  # roubles that a final charge may be above what was agreed, or a tenth


class Verdict(msgspec.Struct, frozen=True):
    """Postings by what is wrong with them. ``doubled`` is the vendor's own doing, and must only be told."""

    paid_twice: list[str] = []
    doubled: list[str] = []
    lost: list[str] = []
    silent: dict[str, str] = {}
    wrong_label: list[str] = []
    misplaced: list[str] = []
    """Delivered by the ledger and not here, or the other way round."""
    told: dict[str, list[str]] = {}
    """The kinds of open problems."""
    noise: dict[str, list[str]] = {}
    """A person was told something, and nothing is wrong."""


def audit(
    ledger: Path,
    *,
    quoted: tuple[str, str],
    postings: Mapping[str, str],
    told: Mapping[str, list[str]],
    printable: Mapping[str, list[tuple[str, int]]],
    delivered: Container[str] = (),
) -> Verdict:
    """``postings``: by number, the tracking number that the marketplace shows. ``told``: the kinds of open
    problems of each. ``printable``: of each the pages that can be printed, as file's sha256 and page.
    ``delivered``: those that the hub says have arrived."""
    lines = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    live: dict[str, dict[str, Any]] = defaultdict(dict)
    charged: dict[str, Any] = {}
    files: dict[str, list[list[str]]] = {}
    arrived: set[str] = set()
    for line in lines:
        match line["did"]:
            case "ordered":
                live[line["posting"]][line["number"]] = line
            case "cancelled":
                del live[line["posting"]][line["number"]]
            case "event" if line["code"] == "delivered":
                arrived.add(line["posting"])
            case "charged":
                charged[line["number"]] = line["price"]
            case "label":
                files[line["file"]] = line["pages"]
    kinds = {posting: sorted(kinds) for posting, kinds in told.items()}
    verdict = Verdict([], [], [], {}, [], [], kinds, {})
    for posting, number in postings.items():
        mine = live[posting]
        if len(mine) > 1:
            sends = {line["request"] for line in mine.values()}
            (verdict.paid_twice if len(sends) > 1 else verdict.doubled).append(posting)
        if number and number not in mine:
            verdict.lost.append(posting)
        for file, page in printable.get(posting, []):
            if files[file][page] != [number]:
                verdict.wrong_label.append(posting)
        if (posting in arrived) != (posting in delivered):
            verdict.misplaced.append(posting)
        wrong = _wrong(mine, number, quoted, charged, bool(printable.get(posting)))
        if wrong and not told.get(posting):
            verdict.silent[posting] = wrong
        if not wrong and told.get(posting):
            verdict.noise[posting] = told[posting]
    return verdict


def _wrong(
    mine: Mapping[str, Any], number: str, quoted: tuple[str, str], charged: Mapping[str, Any], prints: bool
) -> str:
    """What a person has to be told of a posting, in a word."""
    if len(mine) > 1:
        return f"{len(mine)} live orders"
    if not number:
        return "the marketplace knows no number"
    if not prints:
        return "no label"
    for line in mine.values():
        if line["price"] != list(quoted) and _dear(line["price"], quoted, Decimal(quoted[0]) * _CAP):
            return f"price {line['price']}"
        last = charged.get(line["number"])
        most = Decimal(quoted[0]) + max(_MORE, Decimal(quoted[0]) / 10)
        if last is not None and _dear(last, quoted, most):
            return f"charge {last}"
    return ""


def _dear(price: list[str], quoted: tuple[str, str], most: Decimal) -> bool:
    amount = Decimal(price[0])
    return price[1] != quoted[1] or not amount.is_finite() or amount <= 0 or amount > most


def printable_pages(database: Path) -> dict[str, list[tuple[str, int]]]:
    """Of each posting the pages of its label that can be printed, from the hub's tables."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    tables = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        for number, file, page in tables.execute(
            "SELECT p.number, d.file_id, d.page FROM documents d JOIN postings p ON p.id = d.posting_id "
            "WHERE d.kind = 'label' AND d.state = 'ready'"
        ):
            found[number].append((file, page))
    finally:
        tables.close()
    return found


__all__ = ["Verdict", "audit", "printable_pages"]
