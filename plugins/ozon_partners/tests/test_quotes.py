"""What a seller sees: which services, for which goods, in words; and a table that is edited meanwhile."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from hub import Address, Rejected, Unavailable, render
from hub.words.catalogue import use
from plugins.ozon_partners.tests.asking import KAZAN, YIWU, box, money, request
from plugins.ozon_partners.tests.conftest import MakeCarrier

use("hub_ozon_partners")

TABLE = """\
partner,tier,delivery,group,value_over,value_up_to,over_g,up_to_g,sides_up_to_mm,longest_up_to_mm,volumetric_divisor,base,per_gram,currency,days_min,days_max,valid_from,note
Falcon,Slow,point,Light,0,1500,0,500,900,600,,4,0.03,CNY,12,18,2026-11-01,no batteries
Falcon,Slow,door,Light,0,1500,0,500,900,600,,6,0.03,CNY,12,18,2026-11-01,
Falcon,Slow,point,Cheap,0,1500,500,30000,1500,600,,20,0.02,CNY,14,20,2026-11-01,
Falcon,Slow,point,Bulky,1500,7000,0,30000,2500,1500,12000,30,0.02,CNY,14,20,2026-06-01,
"""


async def test_a_light_cheap_parcel(make: MakeCarrier) -> None:
    point, door = await make(TABLE).quote(request(box(400)))
    assert (point.service.code, point.service.name) == ("falcon/slow/point", "Falcon Slow (Light)")
    assert (point.price, point.to) == (money("16.00 CNY"), "point")
    assert (point.days_min, point.days_max) == (12, 18)
    assert point.estimate
    assert point.note == "Ozon partner, estimate; prices of 2026-11-01; no batteries"
    assert (door.service.code, door.price, door.to) == ("falcon/slow/door", money("18.00 CNY"), "door")


@pytest.mark.parametrize(
    ("weight", "value", "groups"),
    [
        (500, "1500 RUB", {"Light"}),
        (501, "1500 RUB", {"Cheap"}),
        (500, "1500.01 RUB", {"Bulky"}),
        (30_000, "7000 RUB", {"Bulky"}),
        (30_001, "7000 RUB", set()),
        (30_000, "7000.01 RUB", set()),
    ],
)
async def test_the_group_is_decided_by_weight_and_value(
    make: MakeCarrier, weight: int, value: str, groups: set[str]
) -> None:
    quotes = await make(TABLE).quote(request(box(weight), value))
    assert {one.service.name.partition("(")[2].rstrip(")") for one in quotes} == groups


async def test_a_bulky_parcel_says_by_what_it_is_billed_and_how_old_its_price_is(make: MakeCarrier) -> None:
    (one,) = await make(TABLE).quote(request(box(3_000, 600, 500, 400), "5000 RUB"))
    assert one.price == money("230.00 CNY")
    assert one.note == (
        "Ozon partner, estimate; prices of 2026-06-01, 175 days old: compare them with Ozon's; "
        "billed by volume: 10000 g"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "партнёр Ozon, оценка; тарифы от 2026-06-01, им 175 дней: сверьте с Ozon"),
        ("zh", "Ozon 合作物流，估价; 2026-06-01 的价格，已有 175 天：请与 Ozon 核对"),
        ("en", "Ozon partner, estimate; prices of 2026-06-01, 175 days old: compare them with Ozon's"),
        ("fr", "Ozon partner, estimate; prices of 2026-06-01, 175 days old: compare them with Ozon's"),
    ],
)
async def test_in_the_sellers_language(make: MakeCarrier, language: str, words: str) -> None:
    (one,) = await make(TABLE).quote(request(box(3_000), "5000 RUB", language=language))
    assert one.note == words


@pytest.mark.parametrize(("days", "old"), [(90, False), (91, True)])
async def test_a_price_is_old_after_the_days_of_the_settings(make: MakeCarrier, days: int, old: bool) -> None:
    on = date(2026, 11, 1) + timedelta(days=days)
    quotes = await make(TABLE).quote(request(box(400), on=on))
    assert [f"{days} days old" in one.note for one in quotes] == [old, old]
    later = await make(TABLE, old_after_days=500).quote(request(box(400), on=on))
    assert not any("old" in one.note for one in later)


# --- the goods' value -------------------------------------------------------------------------------------


async def test_a_value_in_yuan_counts_by_the_sellers_rate(make: MakeCarrier) -> None:
    (one,) = await make(TABLE).quote(request(box(400), "200 CNY", converted=("2240 RUB",)))
    assert one.service.name == "Falcon Slow (Bulky)"
    assert "the goods count as 2240.00 RUB" in one.note


@pytest.mark.parametrize(
    ("value", "language", "reason"),
    [
        ("200 CNY", "en", "in RUB; it is in CNY, and there is no rate: add it to rates"),
        ("200 CNY", "ru", "в RUB, а она в CNY, и курса нет: добавьте его в rates"),
        ("200 CNY", "zh", "货值为 CNY，没有汇率：请在 rates 中添加"),
        ("", "en", "the goods' value, which is not known"),
        ("", "ru", "а она неизвестна"),
        ("", "zh", "而货值未知"),
    ],
)
async def test_a_value_that_nobody_can_tell_is_said(
    make: MakeCarrier, value: str, language: str, reason: str
) -> None:
    with pytest.raises(Rejected) as raised:
        await make(TABLE).quote(request(box(400), value, language=language))
    assert reason in render(raised.value.said, language)


async def test_where_no_price_depends_on_the_value_nobody_asks_for_it(make: MakeCarrier) -> None:
    plain = "partner,delivery,base,per_gram,currency,valid_from\nFalcon,door,5,0.02,CNY,2026-11-01\n"
    (one,) = await make(plain).quote(request(box(100), ""))
    assert one.price == money("7.00 CNY")


# --- routes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sender", "to"), [(KAZAN, KAZAN), (YIWU, Address(country="BY", city="Минск"))])
async def test_another_route_has_no_offer(make: MakeCarrier, sender: Address, to: Address) -> None:
    assert list(await make(TABLE).quote(request(box(400), sender=sender, to=to))) == []


async def test_the_table_may_have_other_routes(make: MakeCarrier) -> None:
    text = """\
partner,delivery,from_country,to_country,base,per_gram,currency,valid_from
Falcon,door,cn,by,5,0.02,CNY,2026-11-01
Falcon,door,,,6,0.02,CNY,2026-11-01
"""
    (one,) = await make(text).quote(request(box(100), to=Address(country="BY")))
    (other,) = await make(text).quote(request(box(100)))
    assert (one.price, other.price) == (money("7.00 CNY"), money("8.00 CNY"))


async def test_a_country_that_the_marketplace_does_not_name_is_taken_as_russia_and_said(
    make: MakeCarrier,
) -> None:
    quotes = await make(TABLE).quote(request(box(400), to=Address(country="")))
    assert len(quotes) == 2
    assert "the buyer's country is not known: taken as Russia" in quotes[1].note


async def test_of_two_groups_that_fit_the_newer_price_counts(make: MakeCarrier) -> None:
    text = """\
partner,delivery,group,base,per_gram,currency,valid_from
Falcon,door,New,5,0.02,CNY,2026-11-01
Falcon,door,Old,6,0.02,CNY,2026-01-01
"""
    (one,) = await make(text).quote(request(box(100)))
    assert one.service.name == "Falcon (New)"


# --- the file ---------------------------------------------------------------------------------------------


async def test_an_edited_file_counts_at_once(make: MakeCarrier, folder: Path) -> None:
    carrier = make(TABLE)
    before = await carrier.quote(request(box(400)))
    file = folder / "ozon-partners.csv"
    file.write_text(TABLE.replace("600,,4,", "600,,9,"), "utf-8")
    os.utime(file, ns=(1, 1))
    after = await carrier.quote(request(box(400)))
    assert (before[0].price, after[0].price) == (money("16.00 CNY"), money("21.00 CNY"))
    file.write_text("nothing", "utf-8")
    with pytest.raises(Unavailable, match=r"^files/shop/ozon-partners.csv: there is no column 'nothing'"):
        await carrier.quote(request(box(400)))
    file.write_text(TABLE, "utf-8")
    assert list(await carrier.quote(request(box(400)))) == list(before)


async def test_a_file_that_did_not_change_is_not_read_again(
    make: MakeCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = make(TABLE)
    await carrier.quote(request(box(400)))
    monkeypatch.setattr(Path, "open", None)
    assert len(await carrier.quote(request(box(400)))) == 2


async def test_a_file_that_is_not_there_is_asked_for(make: MakeCarrier) -> None:
    for ask in (lambda: make().quote(request(box(400))), lambda: make().check()):
        with pytest.raises(Unavailable, match=r"^there is no files/shop/ozon-partners.csv in"):
            await ask()


@pytest.mark.parametrize(
    "name",
    ["../other/table.csv", "/etc/passwd", "", ".", "a/../../shop2/t.csv", "link.csv", "a\0", "a\n"],
)
async def test_no_setting_leads_out_of_the_sellers_folder(make: MakeCarrier, folder: Path, name: str) -> None:
    for other in ("other", "shop2"):
        (folder.parent / other).mkdir()
        (folder.parent / other / "table.csv").write_text(TABLE, "utf-8")
    (folder / "link.csv").symlink_to(folder.parent / "other" / "table.csv")
    with pytest.raises(Rejected, match="is no file in files/shop") as raised:
        await make(table=name).quote(request(box(400)))
    assert str(folder) not in raised.value.message


async def test_what_is_no_file_or_too_large(make: MakeCarrier, folder: Path) -> None:
    (folder / "ozon-partners.csv").mkdir()
    with pytest.raises(Unavailable, match="is no file"):
        await make().quote(request(box(400)))
    (folder / "large.csv").write_bytes(b"x" * (4 * 1024 * 1024 + 1))
    with pytest.raises(Unavailable, match="it is larger than 4 MB"):
        await make(table="large.csv").quote(request(box(400)))


async def test_the_check_tells_how_many_prices_and_of_when(make: MakeCarrier) -> None:
    carrier = make(TABLE.replace("2026-", "2020-"), old_after_days=30)
    first = await carrier.check()
    assert (first.external_id, first.name) == ("table", "ozon-partners.csv, lines: 4")
    (note,) = first.notes
    assert note.startswith("prices of 2020-11-01, ")
    assert note.endswith(" days old: compare them with Ozon's")
    later = await make(TABLE.replace("2026-", "2999-")).check()
    assert later.notes == ("all prices begin later",)
