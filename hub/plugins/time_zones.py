"""Names of time zones as people type them."""

from __future__ import annotations

import re
from difflib import get_close_matches

from hub.plugin_api.clock import zone
from hub.words import said

_OFFSET = re.compile(r"(?:UTC|GMT|МСК|MSK)?\s*([+-])\s*([0-9]{1,2})(?::?00)?", re.IGNORECASE)
_AT = {
    2: "Europe/Kaliningrad", 3: "Europe/Moscow", 4: "Europe/Samara", 5: "Asia/Yekaterinburg", 6: "Asia/Omsk",
    7: "Asia/Novosibirsk", 8: "Asia/Shanghai", 9: "Asia/Yakutsk", 10: "Asia/Vladivostok", 11: "Asia/Magadan",
    12: "Asia/Kamchatka",
}  # fmt: skip
"""A zone of sellers with this offset from UTC, in hours: none of them changes its clocks."""
_POPULAR = {
    "msk": "Europe/Moscow", "мск": "Europe/Moscow", "москва": "Europe/Moscow", "russia": "Europe/Moscow",
    "beijing": "Asia/Shanghai", "peking": "Asia/Shanghai", "china": "Asia/Shanghai", "prc": "Asia/Shanghai",
    "北京": "Asia/Shanghai", "上海": "Asia/Shanghai", "shenzhen": "Asia/Shanghai",
    "guangzhou": "Asia/Shanghai", "yiwu": "Asia/Shanghai",
    "пекин": "Asia/Shanghai", "шанхай": "Asia/Shanghai", "шэньчжэнь": "Asia/Shanghai",
    "китай": "Asia/Shanghai",
    "深圳": "Asia/Shanghai", "广州": "Asia/Shanghai", "义乌": "Asia/Shanghai", "杭州": "Asia/Shanghai",
    "中国": "Asia/Shanghai", "莫斯科": "Europe/Moscow", "moskva": "Europe/Moscow", "спб": "Europe/Moscow",
    "санктпетербург": "Europe/Moscow", "казань": "Europe/Moscow", "самара": "Europe/Samara",
    "калининград": "Europe/Kaliningrad", "екатеринбург": "Asia/Yekaterinburg", "омск": "Asia/Omsk",
    "новосибирск": "Asia/Novosibirsk", "красноярск": "Asia/Krasnoyarsk", "иркутск": "Asia/Irkutsk",
    "владивосток": "Asia/Vladivostok", "хабаровск": "Asia/Vladivostok",
    "hongkong": "Asia/Hong_Kong", "香港": "Asia/Hong_Kong",
}  # fmt: skip
_LIKE = 0.85


def zone_problem(name: str) -> str:
    """Why this is no IANA time zone, with the one that is meant; empty when it is one.

    A zone with other hours is worse than none: one is suggested only where the name says it.
    """
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        zone("Europe/Moscow")  # where this machine knows none, that is the problem
        meant = _meant(name, available_timezones())
        near = said(" (did you mean '{near}'?)", code="config.did_you_mean", values={"near": meant})
        return said(
            "'{name}' is no IANA time zone{near}: write one like Europe/Moscow or Asia/Shanghai",
            code="config.no_iana_time_zone_write",
            values={"name": name, "near": near if meant else ""},
        )
    return ""


def _meant(name: str, known: set[str]) -> str:
    if (offset := _OFFSET.fullmatch(name.strip())) is not None:
        hours = int(f"{offset[1]}{offset[2]}") + (3 if name.strip()[:1].lower() in "mм" else 0)
        return _AT.get(hours, "")
    city = re.sub(r"[\s_-]", "", name).casefold().rpartition("/")[2]
    if city in _POPULAR:
        return _POPULAR[city]
    places = {one.rpartition("/")[2].replace("_", "").casefold(): one for one in sorted(known) if "/" in one}
    if city in places:
        return places[city]
    if "/" not in name:
        near = get_close_matches(city, sorted(places), n=1, cutoff=_LIKE) if len(city) > 4 else []
        return places[near[0]] if near else ""
    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_LIKE)), "")


__all__ = ["zone_problem"]
