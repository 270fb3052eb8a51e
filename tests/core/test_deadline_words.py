"""A deadline as somebody would say it, in the seller's zone and language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.words.deadlines import Moment, deadline_text, stored_deadline
from hub.words.texts import problem_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)  # 14:00 there


@pytest.mark.parametrize(
    ("hours", "en", "ru", "zh"),
    [
        (2, "today 16:00, 2 h left", "сегодня 16:00, осталось 2 ч", "今天 16:00，还剩 2 小时"),
        (0.5, "today 14:30, 30 min left", "сегодня 14:30, осталось 30 мин", "今天 14:30，还剩 30 分钟"),
        (11, "tomorrow 01:00, 11 h left", "завтра 01:00, осталось 11 ч", "明天 01:00，还剩 11 小时"),
        (24, "tomorrow 14:00", "завтра 14:00", "明天 14:00"),
        (72, "2026-11-27 14:00", "27.11.2026 14:00", "2026-11-27 14:00"),
        (-1, "past since today 13:00", "прошёл сегодня 13:00", "已于今天 13:00过期"),
        (-20, "past since yesterday 18:00", "прошёл вчера 18:00", "已于昨天 18:00过期"),
        (-72, "past since 2026-11-21 14:00", "прошёл 21.11.2026 14:00", "已于2026-11-21 14:00过期"),
    ],
)
def test_in_three_languages(hours: float, en: str, ru: str, zh: str) -> None:
    at = NOW + timedelta(hours=hours)
    moment = Moment(NOW, SHANGHAI)
    assert [deadline_text(at, moment, language) for language in ("en", "ru", "zh")] == [en, ru, zh]


def test_at_the_end_of_time_and_at_the_last_second() -> None:
    end = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert deadline_text(end, Moment(NOW, SHANGHAI), "en") == "9999-12-31 23:59"
    assert deadline_text(NOW + timedelta(seconds=5), Moment(NOW), "en") == "today 06:00, 60 s left"
    assert deadline_text(NOW, Moment(NOW), "en") == "past since today 06:00"


def test_a_problem_says_it_and_one_without_a_deadline_is_as_it_was() -> None:
    moment = Moment(NOW, SHANGHAI)
    near = {"ship_by": (NOW + timedelta(hours=3)).isoformat()}
    assert problem_text("late_risk", near, "en", moment) == "The deadline is near: today 17:00, 3 h left"
    past = {"ship_by": (NOW - timedelta(hours=3)).isoformat()}
    assert problem_text("late_risk", past, "ru", moment) == (
        "Срок отгрузки прошёл сегодня 11:00: отправление не передано"
    )
    assert problem_text("late_risk", {"ship_by": ""}, "en", moment) == "The deadline is near"
    assert problem_text("late_risk", {"ship_by": "soon"}, "en", moment) == "The deadline is near: soon"
    assert stored_deadline("2026-11-24T06:00:00") == NOW
