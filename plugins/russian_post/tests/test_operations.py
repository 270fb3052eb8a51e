"""The table of operations against the published one, and what a list of them comes to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import russian_post_api as post
from hub import EventKind, TrackingEvent
from hub.flow.history.stages import stage_of_event
from hub_russian_post.countries import NUMBERS
from hub_russian_post.events import (
    KINDS,
    batch_events,
    history_events,
    kind_of_words,
    last_event,
    without_cancelled,
)
from hub_russian_post.services import MAIL_TYPES

ReadTable = Callable[[str], list[dict[str, str]]]
ReadWords = Callable[[str], set[str]]

STATUSES = {
    "registered": EventKind.REGISTERED,
    "accepted": EventKind.ACCEPTED,
    "in_transit": EventKind.MOVED,
    "customs": EventKind.CUSTOMS,
    "ready_for_pickup": EventKind.READY,
    "out_for_delivery": EventKind.OUT_FOR_DELIVERY,
    "delivery_attempt_failed": EventKind.ATTEMPT_FAILED,
    "delivered": EventKind.HANDED_OVER,
    "returning": EventKind.RETURNING,
    "returned": EventKind.RETURNED,
    "cancelled": EventKind.CANCELLED,
    "failed": EventKind.LOST,
    "info": EventKind.INFO,
    # The hub has no word for these two; neither moves the parcel, and both show the Post's own text.
    "exception": EventKind.INFO,
    "partially_delivered": EventKind.INFO,
}
OTHER_STATUS = {
    "12/28": "an attempt that failed because of a loss: the loss itself is registered as 5/1 or 18/0",
    "42/28": "as 12/28, at the second attempt",
}
OTHER_FINALITY = {
    "15/0": "handed to temporary storage: parcels have moved on from there, so nothing ends",
    "21/1": "mail without a number is delivered: the hub has no hand-over that is not the end",
    "21/2": "as 21/1",
    "21/3": "as 21/1",
    "62/0": "returned to the client: the hub has no return that is not the end",
}


def test_every_published_operation_is_known(table: ReadTable) -> None:
    published = {(int(row["oper_type"]), int(row["oper_attr"])) for row in table("russian-post-operations")}
    assert len(published) == 446
    assert published == set(KINDS)


def test_statuses_agree_or_say_why_not(table: ReadTable) -> None:
    differ = {
        f"{row['oper_type']}/{row['oper_attr']}"
        for row in table("russian-post-operations")
        if KINDS[int(row["oper_type"]), int(row["oper_attr"])] is not STATUSES[row["normalized_status"]]
    }
    assert differ == set(OTHER_STATUS)


def test_what_is_final_agrees_or_says_why_not(table: ReadTable) -> None:
    def final(kind: EventKind) -> bool:
        stage = stage_of_event(kind)
        return stage is not None and stage.final

    differ = {
        f"{row['oper_type']}/{row['oper_attr']}"
        for row in table("russian-post-operations")
        if final(KINDS[int(row["oper_type"]), int(row["oper_attr"])]) is not (row["is_final"] == "1")
    }
    assert differ == set(OTHER_FINALITY)


def test_the_buyers_hands_are_not_the_senders() -> None:
    assert KINDS[2, 1] is EventKind.HANDED_OVER
    assert KINDS[2, 2] is EventKind.RETURNED
    assert kind_of_words("GIVING", "GIVING_RECIPIENT_COURIER") is EventKind.HANDED_OVER
    assert kind_of_words("GIVING", "GIVING_SENDER_COURIER") is EventKind.RETURNED
    assert kind_of_words("GIVING", "UNKNOWN") is None


def test_every_published_word_is_known(words: ReadWords) -> None:
    for word in words("operation-type") - {"UNKNOWN", "GIVING", "SKIPPING", "PROCESSING"}:
        assert kind_of_words(word, "anything") is not None, word
    mixed = {"GIVING": "GIVING_", "SKIPPING": "SKIPPING_"}
    for attribute in words("operation-attr"):
        for type_, prefix in mixed.items():
            if attribute.startswith(prefix):
                assert kind_of_words(type_, attribute) is not None, attribute
    for attribute, kind in {
        "ARRIVED": EventKind.READY,
        "GIVEN_TO_COURIER": EventKind.OUT_FOR_DELIVERY,
        "SORTED": EventKind.MOVED,
        "NOTIFICATION_SENT": EventKind.INFO,
    }.items():
        assert attribute in words("operation-attr")
        assert kind_of_words("PROCESSING", attribute) is kind


def test_the_words_of_the_plugin_are_the_posts(words: ReadWords) -> None:
    from hub_russian_post import events

    assert {type_ for type_, _ in events._BY_WORD} <= words("operation-type")
    assert {attribute for _, attribute in events._BY_WORD} <= words("operation-attr")
    assert set(events._BY_TYPE_WORD) <= words("operation-type")
    assert set(MAIL_TYPES) <= words("mail-type")


def test_countries_are_the_posts(table: ReadTable) -> None:
    private = {895, 896, 903, 906, 914}  # the Post's own numbers: Abkhazia, South Ossetia, Kosovo ...
    historical = {249, 530}  # metropolitan France, the Netherlands Antilles
    published = {int(row["id"]) for row in table("russian-post-countries-2026-08")}
    assert published - private - historical <= set(NUMBERS.values())
    assert (NUMBERS["RU"], NUMBERS["CN"], NUMBERS["KZ"], NUMBERS["BY"]) == (643, 156, 398, 112)


def _order(type_: str, attribute: str) -> post.Order:
    return post.Order(
        id=1,
        last_oper_type=type_,
        last_oper_attr=attribute,
        last_oper_date=datetime(2026, 11, 23, 12, tzinfo=UTC),
        human_operation_name="Получено",
    )


def test_the_last_operation_of_an_order() -> None:
    told = last_event(_order("GIVING", "GIVING_RECIPIENT"))
    assert told == TrackingEvent(
        time=datetime(2026, 11, 23, 12, tzinfo=UTC),
        kind=EventKind.HANDED_OVER,
        code="GIVING/GIVING_RECIPIENT",
        text="Получено",
    )
    odd = last_event(_order("TELEPORTED", "BY_DOG"))
    assert odd is not None
    assert (odd.kind, odd.known, odd.code) == (EventKind.INFO, False, "TELEPORTED/BY_DOG")
    assert last_event(post.Order(id=1)) is None


def _record(hour: int, type_: int, attribute: int) -> post.HistoryRecord:
    return post.HistoryRecord(
        type=post.Coded(id=type_, name="type"),
        attribute=post.Coded(id=attribute),
        time=datetime(2026, 11, 23, hour, tzinfo=UTC),
        place=post.Place(index="410012", description="Саратов 12"),
    )


def test_a_history_is_oldest_first_and_keeps_the_posts_words() -> None:
    told = history_events([_record(9, 8, 2), _record(8, 1, 2), _record(10, 99, 7)])
    assert [event.code for event in told] == ["1/2", "8/2", "99/7"]
    assert [event.known for event in told] == [True, True, False]
    assert (told[0].text, told[0].place) == ("type", "410012 Саратов 12")


def test_a_cancellation_takes_back_what_was_before() -> None:
    told = history_events([_record(8, 8, 2), _record(9, 2, 1), _record(10, 26, 2), _record(11, 2, 1)])
    assert [event.code for event in told] == ["8/2", "26/2", "2/1"]
    assert without_cancelled(told[1:2]) == told[1:2]


def test_times_without_an_offset_are_moscows() -> None:
    local = datetime(2026, 11, 23, 12, 30)  # noqa: DTZ001 - the Post names no zone
    (event,) = batch_events([post.BatchOperation(type=8, attribute=2, local_time=local, index="410012")])
    assert event.time == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert batch_events([post.BatchOperation(type=8, attribute=2)]) == ()


@pytest.mark.parametrize("code", ["1/1", "2/2", "8/2"])
def test_known_codes_are_known(code: str) -> None:
    type_, attribute = map(int, code.split("/"))
    assert (type_, attribute) in KINDS
