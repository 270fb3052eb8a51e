"""The buyers' side of the record: lines about a parcel or a carrier, that come in once, and that count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.flow.choice.records.carrier_feedback import import_csv, rate
from hub.flow.choice.records.carrier_record import ENOUGH, carrier_record, records
from hub.flow.choice.records.feedback_csv import FeedbackLine, read_table
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import EventKind
from tests.flow.desk import desk
from tests.flow.test_carrier_record import Roads, Tracked

TODAY = date(2026, 11, 24)
HEADER = "kind,date,source,posting,carrier,reason,rating,count\n"


def read(text: str) -> tuple[list[FeedbackLine], list[tuple[int, str]]]:
    lines, problems, _ = read_table(text.encode(), today=TODAY)
    return lines, [(problem.line, problem.reason) for problem in problems]


def test_a_file_of_all_kinds() -> None:
    lines, problems = read(
        "Kind;Date;Source;Posting;Carrier;Reason;Rating;Count\n"
        "claim;20.11.2026;ozon;1-1;;Damaged;;\n"
        "return;2026-11-21;ozon;1-1;courier;not collected;;1\n"
        ";;;;;;;\n"
        "rating;2026-11-22;review site;;courier;;4,3;120\n"
        "rating;2026-11-22;ozon;1-1;;;5;\n"
    )
    assert problems == []
    assert [(one.line, one.kind, one.reason, one.rating, one.count) for one in lines] == [
        (2, "claim", "damaged", None, 1),
        (3, "return", "not_collected", None, 1),
        (5, "rating", "", Decimal("4.3"), 120),
        (6, "rating", "", Decimal(5), 1),
    ]
    assert lines[0].date == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("praise,2026-11-20,ozon,1-1,,,,", "kind: 'praise' is unknown: claim, return, rating"),
        ("clam,2026-11-20,ozon,1-1,,damaged,,", "did you mean 'claim'"),
        (",2026-11-20,ozon,1-1,,damaged,,", "kind: it is missing"),
        ("claim,,ozon,1-1,,damaged,,", "date: it is missing"),
        ("claim,2026-11-20,,1-1,,damaged,,", "source: it is missing"),
        ("claim,20/11/2026,ozon,1-1,,damaged,,", "date: '20/11/2026' is no date"),
        ("claim,2026-11-25,ozon,1-1,,damaged,,", "date: 2026-11-25 has not come yet"),
        ("claim,2026-11-20,ozon,,,damaged,,", "names neither"),
        ("claim,2026-11-20,ozon,1-1,,,,", "reason: a claim needs one: damaged"),
        ("claim,2026-11-20,ozon,1-1,,damged,,", "reason: 'damged' is unknown (did you mean 'damaged'?)"),
        ("claim,2026-11-20,ozon,1-1,,damaged,3,", "rating: a claim has none"),
        ("rating,2026-11-20,ozon,1-1,,,,", "rating: a line of ratings needs one"),
        ("rating,2026-11-20,ozon,1-1,,late,3,", "reason: claims and returns have one"),
        ("rating,2026-11-20,ozon,1-1,,,5.01,", "rating: '5.01' is no rating from 1 to 5"),
        ("rating,2026-11-20,ozon,1-1,,,0,", "rating: '0' is no rating from 1 to 5"),
        ("rating,2026-11-20,ozon,1-1,,,4,2", "count: a line about one posting stands for 1, not 2"),
        ("rating,2026-11-20,ozon,,courier,,4,0", "count: '0' is no number from 1"),
        ("rating,2026-11-20,ozon", "the line has fewer cells (3) than there are columns (8)"),
        ("claim,2026-11-01,ozon,9-9,,late,,", "line 2 says the same of this posting"),
        ("rating,2026-11-01,site,,courier,,3,", "line 3 is of the same day, source and carrier"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_go_on(line: str, words: str) -> None:
    known = "claim,2026-11-01,ozon,9-9,,late,,\nrating,2026-11-01,site,,courier,,4,\n"
    lines, problems = read(f"{HEADER}{known}{line}\n")
    assert [one.line for one in lines] == [2, 3]
    assert [number for number, _ in problems] == [4]
    assert words in problems[0][1]


def test_a_column_that_is_missing_refuses_the_file() -> None:
    with pytest.raises(Rejected, match="'source' is missing: it says who knows"):
        read("kind,date\nclaim,2026-11-01\n")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    with suppress(Rejected):
        read_table((HEADER + text).encode("utf-8", "ignore"), today=TODAY)


# --- the store --------------------------------------------------------------------------------------------


@pytest.fixture
async def roads(tmp_path: Path) -> AsyncIterator[Roads]:
    async with desk(tmp_path, Tracked) as opened:
        yield Roads(opened)


async def test_what_buyers_say_counts_for_the_carrier_of_their_parcel(roads: Roads) -> None:
    numbers = [await roads.parcel(EventKind.HANDED_OVER) for _ in range(ENOUGH)]
    app = roads.desk.app
    text = HEADER + (
        f"claim,2026-11-23,ozon,{numbers[0]},,damaged,,\n"
        f"claim,2026-11-23,ozon,{numbers[0]},,incomplete,,\n"
        f"return,2026-11-23,ozon,{numbers[1]},courier,changed_mind,,\n"
        f"return,2026-11-23,ozon,{numbers[2]},post,late,,\n"
        "claim,2026-11-23,ozon,1-2-3,,late,,\n"
        f"rating,2026-11-22,ozon,{numbers[0]},,,1,\n"
        f"rating,2026-11-23,ozon,{numbers[1]},,,5,\n"
        "rating,2026-11-23,review site,,courier,,4.25,80\n"
        "rating,2026-11-23,review site,,post,,4.25,80\n"
        "nonsense,2026-11-23,ozon,1,,,,\n"
    )
    result = await import_csv(app, "shop", text.encode(), "test")
    assert (result.added, result.changed, result.unchanged) == (6, 0, 0)
    assert [(problem.line, problem.reason.partition(":")[0]) for problem in result.problems] == [
        (5, "carrier"),
        (6, "posting"),
        (10, "carrier"),
        (11, "kind"),
    ]
    told = carrier_record(app, "shop", "courier", direction="RU/63")
    assert told is not None
    assert (told.damaged.value, told.damaged.parcels, told.damaged.direction) == (0.1, ENOUGH, "RU/63")
    assert [(one.kind, one.reason, one.pieces, one.share) for one in told.feedback] == [
        ("claim", "damaged", 1, 0.1),
        ("claim", "incomplete", 1, 0.1),
        ("return", "changed_mind", 1, 0.1),
    ]
    assert [(one.source, one.value, one.ratings, one.newest) for one in told.ratings] == [
        ("ozon", 3.0, 2, date(2026, 11, 23)),
        ("review site", 4.25, 80, date(2026, 11, 23)),
    ]
    again = await import_csv(app, "shop", text.encode(), "test")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 6)
    assert carrier_record(app, "shop", "courier", direction="RU/63") == told
    better = await import_csv(app, "shop", text.replace("4.25,80", "4.5,100").encode(), "test")
    assert (better.added, better.changed, better.unchanged) == (0, 1, 5)
    told = carrier_record(app, "shop", "courier", direction="RU/63")
    assert told is not None
    assert (told.ratings[1].value, told.ratings[1].ratings) == (4.5, 100)


async def test_no_claim_of_damage_is_no_damage_only_where_claims_are_told(roads: Roads) -> None:
    numbers = [await roads.parcel(EventKind.HANDED_OVER) for _ in range(ENOUGH)]
    line = f"claim,2026-11-23,ozon,{numbers[0]},,late,,\n"
    await import_csv(roads.desk.app, "shop", (HEADER + line).encode(), "test")
    told = roads.record()
    assert told is not None
    assert (told.damaged.value, told.damaged.parcels) == (0.0, ENOUGH)


async def test_the_sellers_own_rating(roads: Roads) -> None:
    app = roads.desk.app
    await rate(app, "shop", "courier", Decimal("3.5"), "test")
    await rate(app, "shop", "courier", Decimal(4), "test")
    told = roads.record()
    assert told is not None
    assert (told.own_rating, told.parcels) == (4.0, 0)
    roads.desk.clock.advance(500 * 86400)
    assert [one.own_rating for one in records(app, "shop")] == [4.0]
    await rate(app, "shop", "courier", None, "test")
    assert roads.record() is None
    with pytest.raises(NotFound, match="'ghost'"):
        await rate(app, "shop", "ghost", Decimal(4), "test")
    with pytest.raises(NotFound):
        await rate(app, "nobody", "courier", Decimal(4), "test")
    with pytest.raises(Rejected):
        await rate(app, "shop", "courier", Decimal(6), "test")


async def test_many_lines_are_taken_in_parts(roads: Roads) -> None:
    text = HEADER + "".join(
        f"rating,2026-{month:02}-{day:02},site,,courier,,4,2\n"
        for month in range(1, 11)
        for day in range(1, 29)
    )
    result = await import_csv(roads.desk.app, "shop", text.encode(), "test")
    assert (result.added, result.problems) == (280, ())
    with pytest.raises(NotFound):
        await import_csv(roads.desk.app, "nobody", text.encode(), "test")
