"""Sentences of codes: every code in three languages, and nothing that fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow import questions
from hub.flow.problems.kinds import all_kinds, kind_of
from hub.plugin_api.models import EventKind, Stage
from hub.words import texts
from hub.words.catalogue import catalogue
from tests.flow.small_app import NOON


def codes(table: str) -> set[str]:
    """The codes that have a sentence in a table of the catalogue."""
    known = catalogue("hub", "en").coded
    return {code.partition(".")[2] for code in known if code.startswith(f"{table}.")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = (
    "reason",
    "price",
    "carrier",
    "stage",
    "from",
    "to",
    "items",
    "missing",
    "doubts",
    "codes",
    "kind",
    "what",
    "next_carrier",
    "next_more",
    "parcels",
    "rule",
    "x",
)
DATA = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6)


def test_every_stage_and_event_has_its_words() -> None:
    assert codes("stage") == {str(stage) for stage in Stage}
    assert codes("event") == {str(kind) for kind in EventKind}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The carrier post is not sure of the buyer's address: the house number is unclear, 7Z"),
        ("ru", "Перевозчик post не уверен в адресе покупателя: не ясен номер дома, 7Z"),
        ("zh", "承运商 post 无法确认买家地址：门牌号不明确, 7Z"),
    ],
)
def test_what_is_in_doubt_is_said(language: str, said: str) -> None:
    data = {"carrier": "post", "account": "acc_1", "doubts": ["house", "7Z"], "suggestion": True}
    assert texts.problem_text("address_unclear", data, language) == said


def test_every_problem_has_answers_and_every_answer_its_words() -> None:
    assert questions.ROOMS
    assert {kind.code for kind in all_kinds()} == {
        code for code in codes("problem") if not code.endswith(".past")
    }
    used = {code for kind in all_kinds() for code in kind.answers}
    assert used == codes("answer")
    assert kind_of("something_new").offered({}) == ("dismiss",)


@pytest.mark.parametrize(
    ("kind", "data", "language", "said"),
    [
        (
            "shipment.booked",
            {"carrier": "cdek", "tracking_number": "100", "price": {"amount": "708.00", "currency": "RUB"}},
            "en",
            "Booked with cdek, tracking number 100, 708.00 RUB",
        ),
        ("shipment.booked", {"carrier": "cdek"}, "ru", "Перевозка заказана у cdek"),
        ("posting.stage", {"from": "new", "to": "packed"}, "ru", "Этап: «новое» → «упаковано»"),
        ("posting.stage", {"to": "lost"}, "zh", "阶段 → “已丢失”"),
        (
            "carrier.chosen",
            {"carrier": "cdek", "service": "136", "days": 5, "reason": "cheapest_in_time", "offers": 4},
            "en",
            "cdek chosen, 136, days: 5 — the cheapest offer that arrives in time",
        ),
        (
            "quotes.asked",
            {"offers": 3, "missing": {"cdek": "no answer"}},
            "en",
            "Prices asked: 3 offers, no offer from: cdek: no answer",
        ),
        ("quotes.asked", {"offers": 3, "missing": []}, "en", "Prices asked: 3 offers"),
        (
            "tracking.event",
            {"kind": "ready", "code": "12", "place": "Омск"},
            "ru",
            "Отслеживание: ожидает получателя, Омск (12)",
        ),
        (
            "problem.answered",
            {"kind": "late_risk", "answer": "dismiss"},
            "en",
            "Problem “The deadline is near” answered: Close without doing anything",
        ),
        (
            "report.refused",
            {"what": "delivered", "reason": "too early"},
            "en",
            "The marketplace did not take it: delivered, because: too early",
        ),
        ("brand.new", {"x": 1}, "en", "brand.new"),
        ("shipment.refused", {"reason": "[x] {to} \n\n y"}, "en", "The carrier refused: [x] {to} y"),
        ("shipment.charged", {"committed": "1"}, "en", "The carrier charged —, agreed 1"),
        ("label.requested", {}, "fr", "Label asked for"),
    ],
)
def test_history(kind: str, data: dict[str, Any], language: str, said: str) -> None:
    assert texts.history_text(kind, data, language) == said


def test_problems() -> None:
    data = {"items": ["TEA-1", "CUP-2"]}
    assert texts.problem_text("no_weight", data, "en") == "The catalogue has no weight or size: TEA-1, CUP-2"
    assert texts.problem_text("no_weight", data, "zh") == "商品目录缺少重量或尺寸：TEA-1, CUP-2"
    assert texts.problem_text("brand_new", data, "en") == "brand_new"


def test_choices() -> None:
    assert texts.choice_text({"reason": "fixed", "provider": "Почта"}, "ru").endswith("маркетплейс: Почта")
    why = {"reason": "cheapest_in_time", "rivals": 5, "rule": "Heavy"}
    assert texts.choice_text(why, "en") == (
        "the cheapest offer that arrives in time, of 5; by the rule “Heavy”"
    )
    assert texts.choice_text({}, "en") == ""
    assert texts.choice_text({"reason": "brand_new"}, "en") == "brand_new"


def test_why_a_carrier_is_missing() -> None:
    assert texts.missing_text({"code": "one_box", "boxes": 3}, "en").endswith("and this is 3")
    assert texts.missing_text({"code": "said", "message": "no such street"}, "zh") == "no such street"
    assert texts.missing_text({"code": "brand_new"}, "en") == "code: brand_new"
    assert texts.missing_text("an older word", "ru") == "an older word"
    data = {"missing": {"cdek": {"code": "not_served"}, "sample": "no answer"}}
    assert texts.problem_text("no_quotes", data, "en") == (
        "No carrier made an offer: cdek: it offers nothing for these boxes and this address; "
        "sample: no answer"
    )


def test_a_long_reason_is_cut() -> None:
    assert len(texts.problem_text("carrier_refused", {"reason": "x" * 10_000}, "en")) < 500


@given(st.sampled_from(sorted(codes("history"))), DATA, st.sampled_from([*texts.LANGUAGES, "", "fr"]))
def test_no_data_makes_history_fail(kind: str, data: dict[str, Any], language: str) -> None:
    assert texts.history_text(kind, data, language)


@given(st.sampled_from(sorted(codes("problem"))), DATA, st.sampled_from(texts.LANGUAGES))
def test_no_data_makes_a_problem_fail(kind: str, data: dict[str, Any], language: str) -> None:
    assert texts.problem_text(kind, data, language)


def test_the_end_of_a_key_is_told_two_weeks_before() -> None:
    def note(days: float) -> str:
        return texts.expiry_note(NOON + timedelta(days=days), NOON, "en")

    assert note(15.1) == ""
    assert note(13.5).startswith("The key expires in 13 days (2026-12-04)")
    assert note(-1).startswith("The key expired on 2026-11-19")
    assert "hub account add" in note(0.1)
