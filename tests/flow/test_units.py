"""A marketplace that wants to know of each unit before a posting is packed: it is told once, in full, and
nothing is packed or spent before its check has passed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub import hookimpl
from hub.flow.sellers.catalogue import import_products
from hub.flow.units.entering import Fact, enter
from hub.flow.units.scanning import scan
from hub.flow.units.worklist import worklist
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Action, Assembly, Item, Money, Parcel, Posting, Product, ReportResult, Stage
from hub.plugin_api.sources import OrderSource
from hub.plugin_api.units import Unit, UnitFault, UnitNeeds, UnitsCheck
from tests.flow.desk import Desk, Lookup, Market, desk

GTIN = "04607026432004"
GS = "\x1d"
CUP = Item(sku="1", offer_id="CUP", name="Кружка", quantity=2, price=Money.of("500.00", "RUB"))
UNPACKED: dict[str, Any] = {
    "items": (CUP,),
    "stage": Stage.NEW,
    "status": "awaiting_packaging",
    "actions": frozenset({Action.ASSEMBLE, Action.CANCEL}),
}


def code(serial: str) -> str:
    return f"01{GTIN}21{serial:0>13}{GS}91EE06{GS}92{'a' * 43}="


class Marked(Market):
    """It checks what it is told of units, and packs nothing without."""

    told: ClassVar[list[list[Unit]]] = []
    states: ClassVar[list[UnitsCheck]] = []
    """The answers to the next looks; then ``passed``."""
    packed: ClassVar[list[str]] = []
    countries: ClassVar[list[tuple[str, str]]] = []

    async def units(self, posting: Posting) -> Sequence[Unit]:
        wanted = {need.sku for need in posting.unit_needs}
        return [
            Unit(sku=item.sku, unit_id=f"{item.sku}-{number}")
            for item in posting.items
            if item.sku in wanted
            for number in range(1, item.quantity + 1)
        ]

    async def tell_units(self, posting: Posting, units: Sequence[Unit]) -> ReportResult:
        self.told.append(list(units))
        return ReportResult(number=posting.number, state="accepted")

    async def units_check(self, posting: Posting) -> UnitsCheck:
        if not self.told:
            return UnitsCheck(state="wanted")
        return self.states.pop(0) if self.states else UnitsCheck(state="passed")

    async def tell_country(self, posting: Posting, sku: str, country: str) -> ReportResult:
        self.countries.append((sku, country))
        known = self.books.postings[posting.number]
        needs = tuple(
            msgspec.structs.replace(need, facts=need.facts - {"country"} | {"customs_number"})
            for need in known.unit_needs
        )
        self.books.postings[posting.number] = msgspec.structs.replace(known, unit_needs=needs)
        return ReportResult(number=posting.number, state="accepted")

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        self.packed.append(posting.number)
        known = self.books.postings[posting.number]
        self.books.postings[posting.number] = msgspec.structs.replace(
            known,
            status="awaiting_deliver",
            stage=Stage.ASSEMBLED,
            actions=frozenset({Action.SET_TRACKING, Action.CANCEL}),
            unit_needs=(),
        )
        return Assembly(numbers=(posting.number,))


class _Plugin:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Marked,)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    Marked.told, Marked.states, Marked.packed, Marked.countries = [], [], [], []
    async with desk(tmp_path, Lookup, extra={"market": _Plugin()}) as made:
        await import_products(
            made.app, "shop", [Product(offer_id="CUP", sku="1", barcodes=(GTIN[1:],), weight_g=300)], "test"
        )
        yield made


async def ordered(at: Desk, *facts: str, number: str = "1001-1", **more: Any) -> str:
    """A posting whose cups want these facts; somebody orders it."""
    needs = (UnitNeeds(sku="1", facts=frozenset(facts)),)  # type: ignore[arg-type]
    posting = await at.order(number, **{**UNPACKED, "unit_needs": needs, **more})
    await at.ship(posting)
    await at.pass_time(120)
    return posting


def fact(kind: str, value: str, number: int = 0) -> Fact:
    return Fact(sku="1", number=number, fact=kind, value=value)  # type: ignore[arg-type]


async def test_nothing_is_packed_or_spent_before_all_is_known_and_checked(at: Desk) -> None:
    posting = await ordered(at, "marking")
    await at.pass_time(900)
    assert (Marked.packed, at.books.sends) == ([], [])
    (work,) = worklist(at.app, "shop")
    assert (work.number, work.ordered, work.units) == ("1001-1", True, 2)
    assert [(one.unit, one.fact) for one in work.missing] == [(1, "marking"), (2, "marking")]
    problem = at.problems()["units_wanted"]
    assert problem.data["numbers"] == ["1001-1"]
    Marked.states = [UnitsCheck(state="checking")] * 2
    first = await scan(at.app, "shop", code("1"), "test")
    assert (first.state, first.unit, len(first.missing)) == ("taken", 1, 1)
    await at.pass_time(60)
    assert not Marked.told, "all of it is told at once"
    second = await scan(at.app, "shop", code("2"), "test", posting_id=first.posting_id)
    assert (second.state, second.unit, second.missing) == ("taken", 2, ())
    await at.pass_time(3600)
    assert [[one.unit_id for one in units] for units in Marked.told] == [["1-1", "1-2"]]
    assert [one.marking for one in Marked.told[0]] == [code("1"), code("2")]
    assert Marked.packed == ["1001-1"]
    assert len(at.books.live()) == 1
    assert at.view(posting).stage == "labelled"
    assert not at.problems()
    assert not worklist(at.app, "shop")


async def test_what_the_marketplace_does_not_take_is_told_and_corrected(at: Desk) -> None:
    posting = await ordered(at, "marking")
    fault = UnitFault(sku="1", unit_id="1-2", fact="marking", reason="CIS_NOT_FOUND")
    Marked.states = [UnitsCheck(state="failed", faults=(fault,))]
    await enter(at.app, posting, [fact("marking", code("1"), 1), fact("marking", code("2"), 2)], "test")
    await at.pass_time(600)
    problem = at.problems()["units_refused"]
    assert "CIS_NOT_FOUND" in problem.text
    await at.pass_time(3600)
    assert len(Marked.told) == 1, "the same is not told again by itself"
    await enter(at.app, posting, [fact("marking", code("3"), 2)], "test")
    await at.pass_time(600)
    assert len(Marked.told) == 2
    assert Marked.packed == ["1001-1"]
    assert not at.problems()


async def test_a_person_may_have_it_told_again_as_it_is(at: Desk) -> None:
    posting = await ordered(at, "marking")
    Marked.states = [UnitsCheck(state="failed", faults=(UnitFault(sku="1", reason="TRY_LATER"),))]
    await enter(at.app, posting, [fact("marking", code("1"), 1), fact("marking", code("2"), 2)], "test")
    await at.pass_time(600)
    await at.answer("units_refused", "retry")
    await at.pass_time(600)
    assert len(Marked.told) == 2
    assert Marked.packed == ["1001-1"]


async def test_a_country_comes_from_the_catalogue_and_may_ask_for_more(at: Desk) -> None:
    await import_products(
        at.app,
        "shop",
        [Product(offer_id="CUP", sku="1", weight_g=300, origin_country="CN")],
        "test",
    )
    posting = await ordered(at, "country")
    await at.pass_time(900)
    assert Marked.countries == [("1", "CN")]
    assert not Marked.packed
    (work,) = worklist(at.app, "shop")
    assert [(one.unit, one.fact) for one in work.missing] == [(1, "customs_number"), (2, "customs_number")]
    await enter(at.app, posting, [fact("customs_number", "нет")], "test")
    await at.pass_time(900)
    assert [one.no_customs_number for one in Marked.told[0]] == [True, True]
    assert Marked.packed == ["1001-1"]


async def test_a_code_is_on_one_thing_in_the_world(at: Desk) -> None:
    first = await ordered(at, "marking")
    second = await ordered(at, "marking", number="1002-1")
    await enter(at.app, first, [fact("marking", code("1"), 1)], "test")
    for posting, unit, said in ((first, 2, "another unit"), (second, 1, "another posting: 1001-1")):
        with pytest.raises(Rejected, match=said):
            await enter(at.app, posting, [fact("marking", code("1"), unit)], "test")
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
    )
    await at.pass_time(3600)
    await enter(at.app, second, [fact("marking", code("1"), 1)], "test")  # the cancelled one has set it free


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("marking", "4607026432004"),
        ("customs_number", "123"),
        ("rnpt", "none of them"),
        ("weight", "-1"),
        ("weight", "1.5 kg"),
        ("country", "China"),
        ("imei", "12"),
        ("uin", "x"),
    ],
)
async def test_what_cannot_be_right_is_not_kept(at: Desk, kind: str, value: str) -> None:
    posting = await ordered(at, "marking", "customs_number")
    with pytest.raises(Rejected):
        await enter(at.app, posting, [fact("customs_number", "none"), fact(kind, value, 1)], "test")
    (work,) = worklist(at.app, "shop")
    assert len(work.missing) == 4, "all of it is kept, or nothing"


async def test_a_scan_says_why_it_is_not_taken_and_what_is_next(at: Desk) -> None:
    posting = await ordered(at, "marking")
    other = code("9").replace(GTIN, "04600051000057")
    found = await scan(at.app, "shop", other, "test", posting_id=posting)
    assert (found.state, found.code, len(found.missing)) == ("refused", "scan_other_goods", 2)
    found = await scan(at.app, "shop", code("1")[:31], "test", posting_id=posting)
    assert (found.state, found.code) == ("refused", "marking_no_tail")
    found = await scan(at.app, "shop", f"01{GTIN}215aB.xZ", "test", posting_id=posting)
    assert (found.state, found.code) == ("refused", "marking_no_tail"), "a short serial number, and no tail"
    found = await scan(at.app, "shop", "NOPE", "test")
    assert (found.state, found.code) == ("refused", "scan_unknown")
    found = await scan(at.app, "shop", GTIN[1:], "test")
    assert (found.state, found.number, len(found.missing)) == ("shown", "1001-1", 2)
    found = await scan(at.app, "shop", "1001-1\r", "test")
    assert (found.state, found.posting_id) == ("shown", posting)


async def test_a_posting_in_hand_takes_codes_of_goods_that_the_catalogue_does_not_know(at: Desk) -> None:
    await import_products(at.app, "shop", [Product(offer_id="CUP", sku="1", weight_g=300)], "test")
    posting = await ordered(at, "marking")
    found = await scan(at.app, "shop", code("1"), "test")
    assert (found.state, found.code) == ("refused", "scan_nobody_wants")
    found = await scan(at.app, "shop", code("1"), "test", posting_id=posting)
    assert found.state == "taken"


async def test_nothing_is_kept_of_a_posting_that_wants_nothing(at: Desk) -> None:
    posting = await at.order("1009-1")
    with pytest.raises(Conflict):
        await enter(at.app, posting, [fact("marking", code("1"), 1)], "test")


async def test_what_is_wanted_of_fewer_units_is_forgotten_of_the_others(at: Desk) -> None:
    posting = await ordered(at, "marking")
    Marked.states = [UnitsCheck(state="checking")] * 99
    await enter(at.app, posting, [fact("marking", code("1"), 1), fact("marking", code("2"), 2)], "test")
    known = at.books.postings["1001-1"]
    fewer = (msgspec.structs.replace(CUP, quantity=1),)
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known, items=fewer, unit_needs=(UnitNeeds(sku="1", facts=frozenset({"marking", "imei"})),)
    )
    await at.pass_time(120)
    (work,) = worklist(at.app, "shop")
    assert (work.units, [(one.unit, one.fact) for one in work.missing]) == (1, [(1, "imei")])


PHONE, OTHER_PHONE, RING = "490154203237518", "356938035643809", "6430000000000017"


@pytest.mark.parametrize(("kind", "number"), [("imei", PHONE), ("uin", RING)])
async def test_a_number_is_of_one_thing_whoever_scans_it_twice(at: Desk, kind: str, number: str) -> None:
    """Twice in a hurry, for the next piece by hand, and by another packer for another posting."""
    posting = await ordered(at, kind)
    first = await scan(at.app, "shop", number, "test", posting_id=posting)
    again = await scan(at.app, "shop", number, "test", posting_id=posting)
    assert (first.state, first.unit, again.state, again.unit) == ("taken", 1, "taken", 1)
    assert len(again.missing) == 1
    with pytest.raises(Rejected, match="another unit of the posting"):
        await enter(at.app, posting, [fact(kind, number, 2)], "test")
    other = await ordered(at, kind, number="1002-1")
    found = await scan(at.app, "shop", number, "other", posting_id=other)
    assert (found.state, "1001-1" in found.reason) == ("refused", True)


async def test_what_is_scanned_for_a_posting_that_was_cancelled_goes_into_no_other(at: Desk) -> None:
    """The packer has its goods in hand; one that was packed meanwhile lets the next one have its goods."""
    first = await ordered(at, "marking")
    second = await ordered(at, "marking", number="1002-1")
    found = await scan(at.app, "shop", code("1"), "test", posting_id=first)
    known = at.books.postings["1001-1"]
    gone = msgspec.structs.replace(known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset())
    at.books.postings["1001-1"] = gone
    await at.pass_time(120)
    found = await scan(at.app, "shop", code("2"), "test", posting_id=found.posting_id)
    assert (found.state, found.code, found.posting_id) == ("refused", "scan_cancelled", "")
    assert "1001-1" in found.reason
    found = await scan(at.app, "shop", "1002-1", "test", posting_id=first)
    assert (found.state, found.posting_id) == ("shown", second)
    for serial in "23":
        await scan(at.app, "shop", code(serial), "test", posting_id=second)
    third = await ordered(at, "marking", number="1003-1")
    await at.pass_time(120)
    assert Marked.packed == ["1002-1"]
    found = await scan(at.app, "shop", code("4"), "test", posting_id=second)
    assert (found.state, found.posting_id) == ("taken", third)


async def test_what_the_marketplace_forgot_is_told_again_when_it_refuses_to_pack(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its check had passed; it has made the units anew since, and refuses."""
    plain = Marked.assemble

    async def forgets(self: Marked, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        if len(self.told) == 1:
            raise Rejected("exemplars are not filled", vendor_code="EXEMPLARS")
        return await plain(self, posting, parcels)

    monkeypatch.setattr(Marked, "assemble", forgets)
    posting = await ordered(at, "marking")
    await enter(at.app, posting, [fact("marking", code("1"), 1), fact("marking", code("2"), 2)], "test")
    await at.pass_time(600)
    assert "exemplars are not filled" in at.problems()["assembly_refused"].text
    await at.answer("assembly_refused", "retry")
    await at.pass_time(1200)
    assert len(Marked.told) == 2
    assert Marked.packed == ["1001-1"]
    assert len(at.books.live()) == 1
    assert not at.problems()


async def test_a_country_that_was_refused_is_told_again_at_a_retry(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, heard = Marked.tell_country, []

    async def refuses(self: Marked, posting: Posting, sku: str, country: str) -> ReportResult:
        heard.append(country)
        if len(heard) == 1:
            return ReportResult(number=posting.number, state="refused", reason="not now")
        return await plain(self, posting, sku, country)

    monkeypatch.setattr(Marked, "tell_country", refuses)
    posting = await ordered(at, "country")
    await enter(at.app, posting, [fact("country", "CN")], "test")
    await at.pass_time(600)
    assert "not now" in at.problems()["units_refused"].text
    await at.answer("units_refused", "retry")
    await at.pass_time(600)
    assert heard == ["CN", "CN"]


@pytest.mark.parametrize("in_hand", [True, False])
async def test_the_right_code_is_scanned_in_the_place_of_the_one_that_was_refused(
    at: Desk, in_hand: bool
) -> None:
    """As the guide says: no number of a piece is typed."""
    posting = await ordered(at, "marking")
    fault = UnitFault(sku="1", unit_id="1-2", fact="marking", reason="CIS_NOT_FOUND")
    Marked.states = [UnitsCheck(state="failed", faults=(fault,))]
    for serial in "12":
        await scan(at.app, "shop", code(serial), "test", posting_id=posting)
    await at.pass_time(600)
    assert "units_refused" in at.problems()
    found = await scan(at.app, "shop", code("3"), "test", posting_id=posting if in_hand else "")
    assert (found.state, found.posting_id, found.unit) == ("taken", posting, 2)
    found = await scan(at.app, "shop", code("4"), "test", posting_id=posting)
    assert (found.state, found.code) == ("refused", "scan_nobody_wants")
    await at.pass_time(600)
    assert [one.marking for one in Marked.told[-1]] == [code("1"), code("3")]
    assert Marked.packed == ["1001-1"]
    assert not at.problems()


async def test_a_code_that_was_taken_at_a_retry_stays(at: Desk) -> None:
    """Nothing is packed yet, for nobody carries it: the next code of such goods goes elsewhere."""
    posting = await ordered(at, "marking")
    fault = UnitFault(sku="1", unit_id="1-2", fact="marking", reason="TRY_LATER")
    Marked.states = [UnitsCheck(state="failed", faults=(fault,))]
    for serial in "12":
        await scan(at.app, "shop", code(serial), "test", posting_id=posting)
    await at.pass_time(600)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Lookup, "quote", _nobody)
        await at.answer("units_refused", "retry")
        await at.pass_time(600)
        assert "no_quotes" in at.problems()
        found = await scan(at.app, "shop", code("3"), "test", posting_id=posting)
    assert (found.state, found.code) == ("refused", "scan_nobody_wants")


async def _nobody(*_: Any) -> Sequence[Any]:
    return ()


async def test_what_was_packed_in_the_cabinet_asks_nothing_of_its_pieces(at: Desk) -> None:
    """Somebody has corrected it there: nothing has to be answered here, and it is booked."""
    posting = await ordered(at, "marking")
    fault = UnitFault(sku="1", unit_id="1-2", fact="marking", reason="CIS_NOT_FOUND")
    Marked.states = [UnitsCheck(state="failed", faults=(fault,))]
    for serial in "12":
        await scan(at.app, "shop", code(serial), "test", posting_id=posting)
    await at.pass_time(600)
    assert "units_refused" in at.problems()
    known = at.books.postings["1001-1"]
    at.books.postings["1001-1"] = msgspec.structs.replace(
        known,
        status="awaiting_deliver",
        stage=Stage.ASSEMBLED,
        actions=frozenset({Action.SET_TRACKING, Action.CANCEL}),
    )
    await at.pass_time(3600)
    assert not at.problems()
    assert len(at.books.live()) == 1


@pytest.mark.parametrize("quantity", [1, 3])
async def test_a_buyer_who_changes_the_quantity_changes_the_units(at: Desk, quantity: int) -> None:
    """What is wanted of each stays the same."""
    posting = await ordered(at, "marking")
    assert len((await scan(at.app, "shop", code("1"), "test", posting_id=posting)).missing) == 1
    known = at.books.postings["1001-1"]
    items = (msgspec.structs.replace(CUP, quantity=quantity),)
    at.books.postings["1001-1"] = msgspec.structs.replace(known, items=items)
    await at.pass_time(120)
    for serial in range(2, quantity + 1):
        await scan(at.app, "shop", code(str(serial)), "test", posting_id=posting)
    await at.pass_time(600)
    assert [len(one) for one in Marked.told] == [quantity]
    assert Marked.packed == ["1001-1"]


async def test_more_than_fit_on_a_page_are_counted_all_the_same(at: Desk) -> None:
    many = msgspec.structs.replace(CUP, quantity=60)
    posting = await ordered(at, "marking", items=(many,))
    (work,) = worklist(at.app, "shop")
    assert (len(work.missing), work.lacks) == (50, {"marking": 60})
    found = await scan(at.app, "shop", code("1"), "test", posting_id=posting)
    assert (found.unit, found.lacks) == (1, {"marking": 59})
