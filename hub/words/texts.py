"""Codes and their parameters as sentences, in the reader's language: the last thing before the door.

The sentences are in ``hub/words``: ``history.<kind>``, ``problem.<kind>`` and so on. Every function falls
back to the code itself: what is new in the store is shown as it is, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.words import filled
from hub.words.catalogue import found
from hub.words.deadlines import Moment, deadline_text, stored_deadline, time_text

LANGUAGES = ("ru", "zh", "en")
_TIMES = re.compile(r"\{(\w+):(deadline|moment)\}")


def stage_title(stage: str, language: str) -> str:
    """A stage in words."""
    return _title(f"stage.{stage}", language) or stage


def carrier_title(code: str, title: str, language: str) -> str:
    """Who carries the parcels, as people there call it: ``title`` is the plugin's own."""
    return _title(f"carrier.{code}", language) or title


def answer_title(code: str, language: str) -> str:
    """A possible answer to a problem, and what it costs."""
    return _title(f"answer.{code}", language) or code


def history_text(kind: str, data: Mapping[str, Any], language: str) -> str:
    """An entry of the history as a sentence."""
    if kind == "carrier.chosen":
        data = {**data, "reason": choice_text(data, language)}
    return _sentence(f"history.{kind}", data, language) or kind


def problem_text(kind: str, data: Mapping[str, Any], language: str, moment: Moment | None = None) -> str:
    """A problem as a sentence. What is a deadline in it (``{ship_by:deadline}``), or another time
    (``{since:moment}``), is said as of ``moment``; once a deadline is past, ``problem.<kind>.past`` is the
    sentence, where there is one."""
    template = found(f"problem.{kind}", "", language)
    times = _TIMES.findall(template) if moment is not None else []
    for name, spec in times:
        at = stored_deadline(data.get(name))
        if at is None or moment is None:
            continue
        if spec == "deadline" and at <= moment.now:
            template = found(f"problem.{kind}.past", "", language) or template
        say = deadline_text if spec == "deadline" else time_text
        data = {**data, name: say(at, moment, language)}
    return (filled(template, data, language) if template else "") or kind


def choice_text(why: Mapping[str, Any], language: str) -> str:
    """Why a carrier was chosen, in figures: ``{"reason": code, parameters}``, as the history has it."""
    code = str(why.get("reason") or "")
    words = _sentence(f"choice.{code}", why, language)
    if not words:
        return code
    more = (_sentence(f"choice_more.{one}", why, language) for one in _afterthoughts(code, why))
    return "; ".join([words, *more])


def _afterthoughts(code: str, why: Mapping[str, Any]) -> list[str]:
    """What else a choice has figures for."""
    more = []
    if code == "best_value" and "parcels" in why:
        more.append("record" if why["parcels"] else "assumed")
    if why.get("next_carrier") and why.get("next_more"):
        same = not Decimal(why["next_more"]["amount"])
        more.append("as_dear" if same else "dearer" if why.get("next_dearer") else "cheaper")
    more += [one for one in ("list_price", "rule") if why.get(one)]
    return more + (["converted"] if why.get("cost") and why.get("rate_date") else [])


def missing_text(why: Any, language: str) -> str:
    """Why a carrier has no offer: ``{"code": ..., parameters}``; a text stays what it is."""
    return filled("[{why:no_offer}]", {"why": why}, language)


def fault_text(value: Any, language: str) -> str:
    """What is wrong with what a plugin gave: ``{"code", "place", "found"}``; a text stays what it is."""
    return filled("[{value:fault}]", {"value": value}, language)


def expiry_note(expires_at: datetime, now: datetime, language: str) -> str:
    """That a key expires within two weeks, or has expired; empty where there is time."""
    left = expires_at - now
    date = expires_at.strftime("%Y-%m-%d")
    if left.total_seconds() <= 0:
        return _sentence("key.expired", {"date": date}, language)
    if left.days > 14:
        return ""
    return _sentence("key.expires_soon", {"date": date, "days": left.days}, language)


def calls_note(used: int, allowed: int, language: str) -> str:
    """How many of the day's calls are used."""
    code = "calls_today" if used < allowed else "calls_used_up"
    return _sentence(f"key.{code}", {"used": used, "allowed": allowed}, language)


def check_title(check: str, language: str) -> str:
    """What a check of the doctor looks at."""
    return _title(f"check.{check}", language) or check


def finding_texts(code: str, data: Mapping[str, Any], language: str) -> tuple[str, str]:
    """What a check found, and what to do about it: empty where nothing is to do."""
    what = _sentence(f"finding.{code}", data, language)
    return (what, _sentence(f"mend.{code}", data, language)) if what else (code, "")


def effect_text(code: str, data: Mapping[str, Any], language: str) -> str:
    """What an answer to a problem does; empty for one that has no words of its own."""
    return _sentence(f"effect.{code.replace(' ', '.')}", data, language)


def _title(code: str, language: str) -> str:
    return found(code, "", language)


def _sentence(code: str, data: Mapping[str, Any], language: str) -> str:
    template = found(code, "", language)
    return filled(template, data, language) if template else ""
