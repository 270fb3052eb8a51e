"""Which answers each kind of problem takes, and what an answer needs to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.flow.booking import account_answers
from hub.flow.history.views import AnswerView
from hub.flow.marketplace.handed_over import UNTOLD
from hub.flow.recipients import identity
from hub.flow.recipients.address_checks import PARTS
from hub.words.texts import answer_title

PARAMETERS: dict[str, tuple[str, ...]] = {
    "other_carrier": ("carrier", "service"),
    "correct_address": PARTS,
    "correct_product": ("offer_id", "weight_g", "length_mm", "width_mm", "height_mm"),
    "it_exists": ("carrier_id", "tracking_number"),
    "cancel_posting": ("reason",),
    identity.GIVEN: identity.FIELDS,
}

ANSWERS_OF: dict[str, tuple[str, ...]] = {
    "decode_failed": ("retry", "dismiss"),
    "no_weight": ("correct_product", "retry", "cancel_posting"),
    "no_quotes": ("retry", "correct_product", "correct_address", "cancel_posting"),
    "carrier_refused": (
        "other_carrier",
        "retry",
        "correct_product",
        "correct_address",
        identity.GIVEN,
        "cancel_posting",
    ),
    "address_unclear": (
        "use_suggestion",
        "use_as_written",
        "correct_address",
        "other_carrier",
        "retry",
        "cancel_posting",
    ),
    "operation_unknown": ("it_exists", "it_does_not_exist"),
    "assembly_refused": ("retry", "cancel_posting", "dismiss"),
    "assembly_failed": ("retry", "cancel_posting", "dismiss"),
    "report_refused": ("retry", "dismiss"),
    UNTOLD: ("dismiss",),
    "label_mismatch": ("retry", "other_carrier", "cancel_posting"),
    "label_failed": ("retry", "other_carrier", "dismiss"),
    "price_above_cap": ("accept_price", "other_carrier", "cancel_posting"),
    "charge_differs": ("dismiss",),
    "late_risk": ("dismiss", "cancel_posting"),
    "buyer_cancelled_after_booking": ("dismiss",),
    "cancel_refused": ("retry", "dismiss"),
    "lost": ("dismiss", "cancel_posting"),
    "returning": ("dismiss",),
    "booked_twice": ("dismiss",),
    "booking_gone": ("retry", "dismiss"),
    "booking_unverified": ("dismiss",),
    "tracked_elsewhere": ("shipped_by_hand", "book_anyway"),
    "work_stopped": ("retry", "dismiss"),
    "unknown_status": ("dismiss",),
    "no_sender": ("retry", "cancel_posting"),
    identity.PROBLEM: (identity.GIVEN, identity.WAIVED, "other_carrier", "cancel_posting"),
    identity.MISSED: ("dismiss", "cancel_posting"),
    identity.AWAITED: ("dismiss", "cancel_posting"),
    **{kind.code: tuple(kind.answers) for kind in account_answers.KINDS.values()},
}

ABOUT_MONEY = frozenset(
    {
        "operation_unknown",
        "outage_unknown",
        UNTOLD,
        "booked_twice",
        "booking_gone",
        "booking_unverified",
        "booked_elsewhere",
        "second_look_missed",
        "tracked_elsewhere",
        "cancel_refused",
        "price_above_cap",
        "report_refused",
        "work_stopped",
    }
)
"""Problems in which money is at stake, or a penalty: they are incidents (`hub.flow.health.incidents`)."""


_ONLY_WITH = {"use_suggestion": "suggestion", "use_as_written": "as_written", identity.GIVEN: "papers"}
"""Answers that a problem takes only where its data say so: new papers where a refused booking had some."""


def answers_of(kind: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes that a problem takes; one of an unknown kind can only be closed."""
    codes = ANSWERS_OF.get(kind, ("dismiss",))
    if kind == identity.PROBLEM:
        return codes
    return tuple(code for code in codes if code not in _ONLY_WITH or data.get(_ONLY_WITH[code]))


def answer_views(kind: str, data: Mapping[str, Any], language: str) -> tuple[AnswerView, ...]:
    """The possible answers for a person."""
    return tuple(
        AnswerView(code=code, title=answer_title(code, language), parameters=PARAMETERS.get(code, ()))
        for code in answers_of(kind, data)
    )
