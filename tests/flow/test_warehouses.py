"""Two warehouses of one seller: each has its own sender, zone, paper and cut-off, and neither touches what is
the other's. With one, everything is as the seller is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from hub.flow import orders, reading
from hub.flow.choice.quote_memory import QuoteMemory
from hub.flow.history.warehouse_views import NewWarehouse, WarehouseChange, WarehouseView
from hub.flow.sellers import warehouses
from hub.plugin_api.errors import ConfigError, Conflict, NotFound, Rejected
from hub.plugin_api.models import (
    Address,
    Booking,
    BookRequest,
    Handover,
    Quote,
    QuoteRequest,
    Sender,
    Shipment,
)
from hub.store import rows
from tests.flow.desk import START, TOML, Desk, Lookup, desk
from tests.flow.test_batches import Batching

SIBERIA = Sender(
    name="Иван", address=Address(country="RU", city="Новосибирск", postal_code="630000", street="1")
)
THERE = {"warehouse_id": "22", "warehouse": "Склад в Сибири"}
DECLARED = TOML.replace(
    "[sellers.shop.accounts.m]",
    """\
[sellers.shop.warehouses.siberia]
title = "Siberia"
time_zone = "Asia/Novosibirsk"
paper = "58x40"
cut_off = "12:30"
marketplace_warehouses = { m = ["22", "23"] }
[sellers.shop.warehouses.siberia.sender]
name = "Ivan"
address = { country = "RU", city = "Novosibirsk", postal_code = "630000", street = "1" }
[sellers.shop.accounts.m]""",
)


class Placed(Batching):
    """A courier that notes where it was asked to fetch parcels, and which came in one list."""

    quoted: ClassVar[list[tuple[str, date]]] = []
    booked: ClassVar[dict[str, str]] = {}
    listed: ClassVar[list[tuple[set[str], date]]] = []

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.quoted.append((request.sender.city, request.ship_on))
        return await super().quote(request)

    async def book(self, request: BookRequest) -> Booking:
        self.booked[request.posting_number] = request.sender.address.city
        return await super().book(request)

    async def open_handovers(self, shipments: Sequence[Shipment], day: date) -> Sequence[Handover]:
        self.listed.append(({one.posting_number for one in shipments}, day))
        made = await super().open_handovers(shipments, day)
        mine = {one.posting_number for one in shipments}
        return [one for one in made if mine & set(one.covers)]


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    Placed.quoted, Placed.booked, Placed.listed = [], {}, []
    Batching.batches, Batching.closed, Batching.takes, Batching.too_late = {}, [], 9, False
    Batching.meets.clear()


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, Placed) as made:
        yield made


async def _siberia(at: Desk, **more: Any) -> WarehouseView:
    given: dict[str, Any] = {
        "slug": "siberia",
        "title": "Siberia",
        "time_zone": "Asia/Novosibirsk",
        "sender": SIBERIA,
        "paper": "58x40",
        "marketplace_warehouses": {"m": ("22",)},
        **more,
    }
    return await warehouses.add_warehouse(at.app, "shop", NewWarehouse(**given), "test")


async def _two(at: Desk) -> tuple[str, str]:
    """A labelled posting of each warehouse."""
    await _siberia(at)
    here = await at.order("1001-1")
    there = await at.order("1002-1", **THERE)
    for posting in (here, there):
        await at.ship(posting)
    await at.pass_time()
    assert {at.view(one).stage for one in (here, there)} == {"labelled"}
    return here, there


async def test_a_seller_has_one_that_is_as_the_seller_is(at: Desk) -> None:
    (main,) = warehouses.list_warehouses(at.app, "shop")
    assert (main.slug, main.title, main.time_zone, main.paper) == ("main", "Shop", "Asia/Shanghai", "100x150")
    assert main.sender is not None
    assert main.sender.address.city == "Москва"
    assert (main.own, main.cut_off, main.marketplace_warehouses) == ((), "", {})
    assert at.view(await at.order()).warehouse == "main"


async def test_what_is_quoted_and_booked_leaves_from_the_posting_s_warehouse(at: Desk) -> None:
    here, there = await _two(at)
    assert (at.view(here).warehouse, at.view(there).warehouse) == ("main", "siberia")
    assert Placed.booked == {"1001-1": "Москва", "1002-1": "Новосибирск"}
    assert {city for city, _ in Placed.quoted} == {"Москва", "Новосибирск"}


async def test_what_is_quoted_after_the_cut_off_leaves_on_the_next_day(at: Desk) -> None:
    posting = await at.order(**THERE)
    await _siberia(at, cut_off="13:01")  # it is 13:00 there
    await orders.quote(at.app, posting, "test")
    at.app.kept(QuoteMemory).__init__()  # type: ignore[misc]
    at.clock.advance(60)
    await orders.quote(at.app, posting, "test")
    assert Placed.quoted == [("Новосибирск", START.date()), ("Новосибирск", START.date() + timedelta(days=1))]


async def test_a_list_holds_what_leaves_from_one_warehouse(at: Desk) -> None:
    here, there = await _two(at)

    def listed(warehouse: str | None, **more: Any) -> list[str]:
        found = reading.postings(at.app, seller="shop", warehouse=warehouse, **more)
        return [one.id for one in found.items]

    for more in ({}, {"open_only": True}, {"sort": "newest"}, {"stages": ("labelled",)}):
        assert listed("siberia", **more) == [there]
        assert listed("main", **more) == [here]
        assert set(listed(None, **more)) == {here, there}
    assert [one.posting_id for one in reading.shipments(at.app, seller="shop", warehouse="main").items] == [
        here
    ]
    with pytest.raises(NotFound):
        listed("nowhere")
    with pytest.raises(NotFound):
        reading.posting(at.app, there, "shop", "main")


async def test_pages_of_a_warehouse_come_to_an_end(at: Desk) -> None:
    await _siberia(at)
    for number in range(1, 8):
        await at.order(f"10{number:02}-1", **(THERE if number % 2 else {}))
    for more in ({}, {"open_only": True}, {"sort": "newest"}):
        seen, cursor = [], ""
        for _ in range(9):
            page = reading.postings(
                at.app, seller="shop", warehouse="siberia", cursor=cursor, limit=3, **more
            )
            seen += [one.number for one in page.items]
            if not (cursor := page.next):
                break
        assert sorted(seen) == ["1001-1", "1003-1", "1005-1", "1007-1"]


async def test_a_hand_over_holds_parcels_of_one_warehouse(at: Desk) -> None:
    here, there = await _two(at)
    done = await orders.handover(at.app, "shop", "test", warehouse="siberia")
    assert [(one.warehouse, one.postings) for one in done.handovers] == [("siberia", (there,))]
    assert (at.view(here).stage, at.view(there).stage) == ("labelled", "handed_over")
    await orders.handover(at.app, "shop", "test")
    assert at.view(here).stage == "handed_over"
    assert [numbers for numbers, _ in Placed.listed] == [{"1002-1"}, {"1001-1"}]
    assert [one.postings for one in reading.handovers(at.app, "shop", "main")] == [(here,)]


async def test_all_at_once_is_one_hand_over_for_each(at: Desk) -> None:
    here, there = await _two(at)
    done = await orders.handover(at.app, "shop", "test")
    found = {one.warehouse: one.postings for one in done.handovers}
    assert found == {"main": (here,), "siberia": (there,)}
    assert len(done.handovers) == 2


async def test_the_day_of_a_hand_over_is_the_warehouse_s(at: Desk) -> None:
    await _two(at)
    # 01:30 of the next day in Shanghai, 00:30 in Novosibirsk, and 16:30 of this day in UTC
    at.clock.advance((START.replace(hour=16, minute=30) - at.clock.now()).total_seconds())
    await orders.handover(at.app, "shop", "test")
    days = {min(numbers): day for numbers, day in Placed.listed}
    assert days == {"1001-1": date(2026, 11, 24), "1002-1": date(2026, 11, 23)}


async def test_labels_fit_the_warehouse_s_paper(at: Desk) -> None:
    here, there = await _two(at)

    async def width(*ids: str) -> int:
        """Of the narrow side, in millimetres."""
        result = await orders.labels(at.app, ids, actor="test", dpi=600)
        assert result.document_id is not None
        with closing(
            pdfium.PdfDocument(reading.document_content(at.app, result.document_id).content)
        ) as file:
            return round(min(file[0].get_size()) / 72 * 25.4)

    assert await width(here) == 100
    assert await width(there) == 40
    assert await width(here, there) == 100  # both: the seller's


async def test_open_postings_move_when_a_person_says_which_is_which(at: Desk) -> None:
    posting = await at.order(**THERE)
    shown = reading.posting_details(at.app, posting)
    assert shown.posting.warehouse == "main"
    assert shown.marketplace_warehouse is not None
    there = shown.marketplace_warehouse
    assert (there.id, there.title, there.known) == ("22", "Склад в Сибири", False)
    siberia = await _siberia(at)
    shown = reading.posting_details(at.app, posting)
    assert shown.posting.warehouse == "siberia"
    assert shown.marketplace_warehouse is not None
    assert shown.marketplace_warehouse.known
    assert shown.history[-1].kind == "posting.moved"
    assert shown.history[-1].data == {"from": "main", "to": "siberia", "marketplace": "Склад в Сибири"}
    change = WarehouseChange(marketplace_warehouses={})
    await warehouses.change_warehouse(at.app, siberia.id, change, "test")
    assert at.view(posting).warehouse == "main"


async def test_a_posting_moves_with_the_marketplace_and_its_booking_stays(at: Desk) -> None:
    await _siberia(at)
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    assert Placed.booked == {"1001-1": "Москва"}
    await at.order(**THERE, status="moved")
    await at.pass_time()
    view = at.view(posting)
    assert (view.warehouse, view.stage) == ("siberia", "labelled")
    assert len(at.books.orders) == 1
    assert Placed.booked == {"1001-1": "Москва"}
    told = at.problems()["moved_after_booking"]
    assert (told.data["from"], told.data["to"]) == ("main", "siberia")
    await at.order(status="back")
    assert (at.view(posting).warehouse, at.problems()) == ("main", {})


async def test_a_posting_that_moves_while_it_is_booked_is_told_of(at: Desk) -> None:
    """Its answer is lost: it is there all the same, and has the old sender."""
    await _siberia(at)
    posting = await at.order()
    at.books.meets.append("lost")
    await at.ship(posting)
    await at.pass_time(5, news=False)
    assert at.operations()[0].state == "unknown"
    await at.order(**THERE, status="moved")
    assert "moved_after_booking" not in at.problems()
    await at.pass_time(3600)
    assert (len(at.books.orders), Placed.booked) == (1, {"1001-1": "Москва"})
    assert at.problems()["moved_after_booking"].data["from"] == "main"


async def test_a_move_between_warehouses_of_one_sender_is_no_question(at: Desk) -> None:
    await _siberia(at, sender=None)
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    await at.order(**THERE, status="moved")
    assert (at.view(posting).warehouse, at.problems()) == ("siberia", {})


async def test_what_was_priced_from_one_place_is_not_booked_from_another(at: Desk) -> None:
    """The carrier could not be reached: nothing was sent when the posting moved."""
    await _siberia(at)
    posting = await at.order()
    at.books.meets.extend(["down"] * 50)
    await at.ship(posting)
    await at.pass_time(30, news=False)
    assert not at.books.orders
    at.books.meets.clear()
    Placed.booked.clear()
    await at.order(**THERE, status="moved")
    await at.pass_time(news=False)
    assert Placed.booked == {}
    (refused,) = at.problems().values()
    assert refused.kind == "carrier_refused"
    await at.answer("carrier_refused", "retry")
    await at.pass_time(3600)
    assert Placed.booked == {"1001-1": "Новосибирск"}
    assert Placed.quoted[-1][0] == "Новосибирск"
    assert len(at.books.orders) == 1


async def test_a_posting_that_moves_before_it_is_booked_is_booked_from_there(at: Desk) -> None:
    await _siberia(at)
    posting = await at.order()
    await at.order(**THERE, status="moved")
    await at.ship(posting)
    await at.pass_time()
    assert Placed.booked == {"1001-1": "Новосибирск"}


async def test_problems_and_work_of_a_warehouse(at: Desk) -> None:
    await _siberia(at)
    here, there = await at.order("1001-1"), await at.order("1002-1", **THERE)
    at.books.meets.extend(("refused", "refused"))
    await at.ship(there)
    await at.pass_time()
    found = reading.problems(at.app, seller="shop", warehouse="siberia").items
    assert {one.posting_id for one in found} == {there}
    assert not reading.problems(at.app, seller="shop", warehouse="main").items
    await at.ship(here)
    from hub.flow.health import worklist

    work = worklist.jobs(at.app, seller="shop", warehouse="main").items
    assert [one.posting_number for one in work] == ["1001-1"]
    subjects = {one.subject for one in worklist.jobs(at.app, seller="shop", warehouse="siberia").items}
    assert here not in subjects


async def test_a_file_declares_warehouses_and_postings_move_when_it_is_read(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order(**THERE)
        books, clock = at.books, at.clock
    async with desk(tmp_path, Lookup, books=books, clock=clock, toml=DECLARED) as at:
        main, siberia = warehouses.list_warehouses(at.app, "shop")
        assert (siberia.slug, siberia.title, siberia.cut_off, siberia.paper) == (
            "siberia",
            "Siberia",
            "12:30",
            "58x40",
        )
        assert (siberia.declared, main.declared) == (True, False)
        assert at.view(posting).warehouse == "siberia"
        with pytest.raises(Conflict):
            await warehouses.change_warehouse(at.app, siberia.id, WarehouseChange(title="x"), "test")
        kept = siberia.id
    async with desk(tmp_path, Lookup, books=books, clock=clock) as at:  # it is in the file no more
        _, siberia = warehouses.list_warehouses(at.app, "shop")
        assert (siberia.id, siberia.declared) == (kept, False)
        assert at.view(posting).warehouse == "siberia"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('cut_off = "12:30"', 'cut_off = "25:00"', "cut_off"),
        ('time_zone = "Asia/Novosibirsk"', 'time_zone = "Asia/Novosib"', "time_zone"),
        ("warehouses.siberia", "warehouses.Siberia", "warehouses.Siberia"),
        ('paper = "58x40"', 'paper = "58x41"', "paper"),
        ('name = "Ivan"', 'name = "Ivan"\nphone = "none"', "siberia.sender.phone"),
        ('title = "Siberia"', 'titel = "Siberia"', "titel"),
        (
            "[sellers.shop.accounts.m]",
            '[sellers.shop.warehouses.w]\nmarketplace_warehouses = { m = ["23"] }\n[sellers.shop.accounts.m]',
            "23 of 'm' is 'siberia' already",
        ),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    from hub.plugins.config_reading import load_config

    file = tmp_path / "plugins.toml"
    file.write_text(DECLARED.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        load_config(file)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"slug": "main"}, "warehouse_exists"),
        ({"slug": "no slug"}, "slug"),
        ({"title": " "}, "title"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"paper": "a9"}, "paper"),
        ({"cut_off": "noon"}, "cut_off"),
        ({"sender": msgspec.structs.replace(SIBERIA, phone="позвонить Ивану")}, "sender_phone"),
        ({"marketplace_warehouses": {"nobody": ("1",)}}, "marketplace_warehouses"),
        ({"marketplace_warehouses": {"m": ("22",)}}, "marketplace_warehouse_taken"),
    ],
)
async def test_what_cannot_be_meant_is_refused(at: Desk, given: dict[str, Any], code: str) -> None:
    await _siberia(at)
    with pytest.raises((Rejected, Conflict)) as caught:
        await _siberia(at, **{"slug": "other", "marketplace_warehouses": {}, **given})
    assert caught.value.code == code
    assert len(warehouses.list_warehouses(at.app, "shop")) == 2


async def test_a_change_leaves_the_rest_and_empty_is_the_seller_s(at: Desk) -> None:
    siberia = await _siberia(at)
    changed = await warehouses.change_warehouse(
        at.app, siberia.id, WarehouseChange(paper="", cut_off="09:00"), "test"
    )
    assert (changed.paper, changed.cut_off, changed.title) == ("100x150", "09:00", "Siberia")
    assert changed.own == ("title", "time_zone", "sender", "cut_off")
    with pytest.raises(Rejected):
        await warehouses.change_warehouse(at.app, siberia.id, WarehouseChange(), "test")
    stored = rows.warehouses.get(at.app.store.reader, siberia.id)
    assert stored is not None
    assert msgspec.structs.asdict(stored.profile)["paper"] == ""
