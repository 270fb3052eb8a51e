"""``hub today`` and ``GET /v1/today``: one look at the day."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run
from tests.web.seed import Seeded


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("to order", "answer by")), ("ru", ("заказать", "ответить до")), ("zh", ("待下单", "答复截止"))],
)
def test_the_day_in_a_sellers_language(
    run: Run, seeded: dict[str, Seeded], language: str, words: tuple[str, ...]
) -> None:
    shown = run("--lang", language, "today", "alpha")
    assert shown.code == 0
    assert all(word in " ".join(shown.out.split()) for word in words), shown.out
    assert "hub problems --seller alpha" in shown.err


def test_the_day_as_json(run: Run, seeded: dict[str, Seeded]) -> None:
    day = run("today", "alpha", "--json").json
    parts = ("to_answer", "to_order", "under_way", "to_hand_over")
    assert day["leaving"]
    assert all(sum(one[part] for part in parts) == one["postings"] for one in day["leaving"])
    assert {one["count"] for one in day["questions"]} >= {1}
    assert run("today", "nobody").code != 0
