"""Codes and their parameters as sentences, in the reader's language: the last thing before the door.

Every function falls back to the code itself: what is new in the store is shown as it is, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hub.flow.words.choice_words import AFTERTHOUGHTS, CHOICES, MISSING
from hub.flow.words.error_words import error_text
from hub.flow.words.fault_words import FAULTS
from hub.flow.words.health_words import CHECKS, FINDINGS
from hub.flow.words.incident_words import DEAD_WORK, EFFECTS, HANDOVER
from hub.flow.words.wording import (
    ANSWERS,
    DOUBTS,
    EVENTS,
    HISTORY,
    NOTES,
    PROBLEMS,
    REPORTS,
    STAGES,
    STANDINGS,
    Wording,
)
from hub.flow.words.work_words import WORK_FINDINGS

LANGUAGES = ("ru", "zh", "en")
"""In the order of a `hub.flow.words.wording.Wording`."""

_LONGEST = 400  # characters of one parameter
_FIELD = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
_BREAKS = re.compile(r"\s+")


def stage_title(stage: str, language: str) -> str:
    """A stage in words."""
    return _title(STAGES, stage, language)


def answer_title(code: str, language: str) -> str:
    """A possible answer to a problem, and what it costs."""
    return _title(ANSWERS, code, language)


def history_text(kind: str, data: Mapping[str, Any], language: str) -> str:
    """An entry of the history as a sentence."""
    words = HISTORY.get(kind)
    if kind == "carrier.chosen":
        data = {**data, "reason": choice_text(data, language)}
    return kind if words is None else _sentence(words, data, language, _HISTORY_VALUES.get(kind, {}))


def problem_text(kind: str, data: Mapping[str, Any], language: str) -> str:
    """A problem as a sentence."""
    words = PROBLEMS.get(kind)
    return kind if words is None else _sentence(words, data, language, _PROBLEM_VALUES.get(kind, {}))


def choice_text(why: Mapping[str, Any], language: str) -> str:
    """Why a carrier was chosen, in figures: ``{"reason": code, parameters}``, as the history has it."""
    code = str(why.get("reason") or "")
    words = CHOICES.get(code)
    if words is None:
        return code
    said = [_sentence(words, why, language)]
    said += [_sentence(AFTERTHOUGHTS[one], why, language) for one in _afterthoughts(code, why)]
    return "; ".join(said)


def _afterthoughts(code: str, why: Mapping[str, Any]) -> list[str]:
    """What else a choice has figures for."""
    found = []
    if code == "best_value" and "parcels" in why:
        found.append("record" if why["parcels"] else "assumed")
    if why.get("next_carrier") and why.get("next_more"):
        found.append("dearer" if why.get("next_dearer") else "cheaper")
    found += [one for one in ("list_price", "rule") if why.get(one)]
    return found + (["converted"] if why.get("cost") and why.get("rate_date") else [])


def missing_text(why: Any, language: str) -> str:
    """Why a carrier has no offer: ``{"code": ..., parameters}``; a text stays what it is."""
    if not isinstance(why, Mapping):
        return _plain(why, language)
    words = MISSING.get(str(why.get("code", "")))
    return _plain(why, language) if words is None else _sentence(words, why, language)


def fault_text(value: Any, language: str) -> str:
    """What is wrong with what a plugin gave: ``{"code", "place", "found"}``; a text stays what it is."""
    words = FAULTS.get(str(value.get("code", ""))) if isinstance(value, Mapping) else None
    return _plain(value, language) if words is None else _sentence(words, value, language)


def expiry_note(expires_at: datetime, now: datetime, language: str) -> str:
    """That a key expires within two weeks, or has expired; empty where there is time."""
    left = expires_at - now
    date = expires_at.strftime("%Y-%m-%d")
    if left.total_seconds() <= 0:
        return _sentence(NOTES["expired"], {"date": date}, language)
    if left.days > 14:
        return ""
    return _sentence(NOTES["expires_soon"], {"date": date, "days": left.days}, language)


def calls_note(used: int, allowed: int, language: str) -> str:
    """How many of the day's calls are used."""
    code = "calls_today" if used < allowed else "calls_used_up"
    return _sentence(NOTES[code], {"used": used, "allowed": allowed}, language)


def check_title(check: str, language: str) -> str:
    """What a check of the doctor looks at."""
    return _title(CHECKS, check, language)


def finding_texts(code: str, data: Mapping[str, Any], language: str) -> tuple[str, str]:
    """What a check found, and what to do about it: empty where nothing is to do."""
    words = FINDINGS.get(code) or WORK_FINDINGS.get(code)
    if words is None:
        return code, ""
    what, mend = (_sentence(one, data, language, _FINDING_VALUES) for one in words)
    return what, mend


def effect_text(code: str, data: Mapping[str, Any], language: str) -> str:
    """What an answer to an incident does; empty for one that has no words of its own."""
    words = EFFECTS.get(code)
    return "" if words is None else _sentence(words, data, language)


def dead_work_text(data: Mapping[str, Any], language: str) -> str:
    """That work was given up."""
    return _sentence(DEAD_WORK, data, language)


def handover_text(data: Mapping[str, Any], language: str) -> str:
    """That nobody knows what became of a hand-over."""
    return _sentence(HANDOVER, data, language)


# --- filling in -------------------------------------------------------------------------------------------

_Values = Mapping[str, Callable[[Any, str], str]]
_NO_VALUES: _Values = {}


def _sentence(words: Wording, data: Mapping[str, Any], language: str, values: _Values = _NO_VALUES) -> str:
    template = _column(words, language)

    def value(name: str) -> str:
        given = data.get(name)
        if given is None or given == "" or given == [] or given == {}:
            return ""
        return values.get(name, _VALUES.get(name, _plain))(given, language)

    def part(match: re.Match[str]) -> str:
        names = _FIELD.findall(match[1])
        found = {name: value(name) for name in names}
        return _FIELD.sub(lambda m: found[m[1]], match[1]) if all(found.values()) else ""

    # the parts are cut first and filled in one pass, so that a bracket in a value stays what it is
    pieces: list[str] = []
    end = 0
    for match in _PART.finditer(template):
        pieces += (_outside(template[end : match.start()], value), part(match))
        end = match.end()
    pieces.append(_outside(template[end:], value))
    return "".join(pieces).strip()


def _outside(text: str, value: Callable[[str], str]) -> str:
    return _FIELD.sub(lambda match: value(match[1]) or "—", text)


def _column(words: Wording, language: str) -> str:
    return words[LANGUAGES.index(language) if language in LANGUAGES else 2]


def _title(table: Mapping[str, Wording], code: str, language: str) -> str:
    words = table.get(code)
    return code if words is None else _column(words, language)


def _plain(value: Any, language: str) -> str:
    """Anything that the flow may have stored, on one line."""
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return "; ".join(f"{key}: {_plain(entry, language)}" for key, entry in value.items())[:_LONGEST]
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_plain(entry, language) for entry in value)[:_LONGEST]
    text = _BREAKS.sub(" ", str(value)).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _one_of(table: Mapping[str, Wording]) -> Callable[[Any, str], str]:
    def words(value: Any, language: str) -> str:
        return _title(table, str(value), language)

    return words


def _missing(value: Any, language: str) -> str:
    if not isinstance(value, Mapping):
        return _plain(value, language)
    each = (f"{carrier}: {missing_text(why, language)}" for carrier, why in value.items())
    return "; ".join(each)[:_LONGEST]


def _doubts(value: Any, language: str) -> str:
    if not isinstance(value, list | tuple):
        return _plain(value, language)
    return ", ".join(_title(DOUBTS, str(one), language) for one in value)[:_LONGEST]


def _problem(value: Any, language: str) -> str:
    return problem_text(str(value), {}, language)


_UNITS: tuple[tuple[int, Wording], ...] = (
    (86_400, ("дн.", "天", "d")),
    (3_600, ("ч", "小时", "h")),
    (60, ("мин", "分钟", "min")),
    (1, ("с", "秒", "s")),
)


def _duration(value: Any, language: str) -> str:
    """Seconds in the largest unit of which there are two at least."""
    seconds = int(value)
    length, words = next((one for one in _UNITS if seconds >= 2 * one[0]), _UNITS[-1])
    return f"{seconds // length} {_column(words, language)}"


_VALUES: _Values = {
    "stage": _one_of(STAGES),
    "from": _one_of(STAGES),
    "to": _one_of(STAGES),
    "what": _one_of(REPORTS | STAGES),
    "answer": _one_of(ANSWERS),
}
_HISTORY_VALUES: Mapping[str, _Values] = {
    "operation.resolved": {"kind": _one_of(REPORTS)},
    "quotes.asked": {"missing": _missing},
    "tracking.event": {"kind": _one_of(EVENTS)},
    "tracking.unread": {"reason": fault_text},
    "problem.found": {"kind": _problem},
    "problem.answered": {"kind": _problem},
}
_FINDING_VALUES: _Values = {"age": _duration, "late": _duration}
_PROBLEM_VALUES: Mapping[str, _Values] = {
    "address_unclear": {"doubts": _doubts},
    "decode_failed": {"reason": fault_text},
    "booking_unverified": {"standing": _one_of(STANDINGS)},
    "operation_unknown": {"kind": _one_of(REPORTS)},
    "no_quotes": {"missing": _missing},
    "work_stopped": {"reason": lambda value, language: error_text(_plain(value, language), language)},
}
