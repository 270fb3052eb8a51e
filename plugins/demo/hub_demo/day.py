"""The seller's day, from the first look at the marketplace to the last parcel in its buyer's hands.

Everything goes through the doors that users have: the command line, HTTP, and the worker behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hub_demo.children import Children, Failed
from hub_demo.clock import Clock
from hub_demo.door import Details, Document, Door, Handovers, Labels, Posting, Problem, Shipment, Total
from hub_demo.files import save
from hub_demo.scenario import SELLER, ZONE, Scenario
from hub_demo.screen import Screen
from hub_demo.waiting import Patience
from hub_demo.world import COURIER_KEY, World

T = TypeVar("T")

_PLUGINS = ("ozon", "cdek", "russian_post", "labels", "sample")
_CONFIG = """# The hub of the demonstration. The seller and the accounts were added over HTTP.

[plugins]
allow = ["ozon", "cdek", "russian_post", "labels", "sample"]

# The vendors of the demonstration are on this machine; real ones need no line here.
[addresses]
ozon = ["http://127.0.0.1:*"]
cdek = ["http://127.0.0.1:*"]
russian_post = ["http://127.0.0.1:*"]
sample = ["http://127.0.0.1:*"]

[server]
host = "127.0.0.1"
port = 0
"""
_OVER = frozenset({"delivered", "cancelled"})
# How time goes on when nobody has anything left to do, and after how much of it the day is told as it stands.
_PACKING, _PACKING_LONGEST, _PACKING_LIMIT = timedelta(minutes=3), timedelta(minutes=15), timedelta(hours=20)
_ROAD, _ROAD_LIMIT = timedelta(hours=6), timedelta(days=30)


class Result(msgspec.Struct, frozen=True):
    """What the hub says at the end, and the label pictures (PNG by posting number)."""

    postings: tuple[Details, ...]
    shipments: tuple[Shipment, ...]
    printed: frozenset[str]
    pictures: dict[str, bytes]


class Day:
    """One run. ``home`` is the hub's own folder and the place of the papers."""

    def __init__(
        self, home: Path, scenario: Scenario, clock: Clock, screen: Screen, children: Children
    ) -> None:
        self._home, self._scenario, self._clock = home, scenario, clock
        self._screen, self._children = screen, children
        self._ids: dict[str, str] = {}
        self._printed: frozenset[str] = frozenset()
        self._pictures: dict[str, bytes] = {}

    def open(self) -> tuple[World, Door]:
        """Start the emulators and the hub."""
        self._screen.say("opening: four vendors and a hub start")
        (self._home / "plugins.toml").write_text(_CONFIG, encoding="utf-8")
        seed = self._scenario.seed
        starting = [
            self._children.emulator(name, seed) for name in ("ozon", "cdek", "courier", "russian-post")
        ]
        self._children.done(self._children.hub("init"))
        token = msgspec.json.decode(
            self._children.done(self._children.hub("key", "add", "demo", "--operator", "--json"))
        )["token"]
        serving = self._children.hub("serve", "--port", "0", "--json")
        urls = [self._children.ready(process) for process in starting]
        url = self._children.ready(serving)["url"]
        self._files = urls[0]["files_url"]
        return World(*(one["url"] for one in urls)), Door(url, token)

    def run(self, world: World, door: Door) -> Result:
        """The whole day."""
        self._patience = Patience(self._clock, door, self._children)
        self._settle_in(world, door)
        world.begin(self._scenario)
        self._fetch(door)
        self._ship(door)
        self._answer(door)
        self._change_of_mind(world, door)
        self._papers(door)
        self._hand_over(world, door)
        self._follow(door)
        details = self._each(lambda order: door.get(f"/postings/{self._ids[order]}", Details))
        shipments = door.list("/shipments", Shipment, seller=SELLER)
        return Result(tuple(details), tuple(shipments), self._printed, self._pictures)

    def _settle_in(self, world: World, door: Door) -> None:
        self._screen.say("a seller moves in: accounts and catalogue")
        sender = {
            "name": "Ли Мэй",
            "company": "ООО «Панда Лейн»",
            "phone": "+74950000000",
            "address": {
                "country": "RU",
                "city": "Москва",
                "postal_code": "101000",
                "street": "ул. Лесная, 7",
            },
        }
        seller = {
            "slug": SELLER, "title": "Panda Lane · 熊猫小巷", "time_zone": ZONE, "plugins": _PLUGINS,
            "language": "en", "paper": "100x150", "sender": sender,
        }  # fmt: skip
        door.post("/sellers", seller, dict[str, Any])
        self._account(
            door, "ozon", client_id="100001", api_key="demo-api-key", base_url=world.ozon,
            file_hosts=[self._files],
        )  # fmt: skip
        self._account(
            door, "cdek", client_id="demo-account", client_secret="demo-secret", base_url=world.cdek,
            shipment_point="MSK65",
        )  # fmt: skip
        self._account(door, "sample", base_url=world.courier, key=COURIER_KEY)
        self._account(
            door, "russian_post", token="demo-token", login="demo@example.com", password="demo-password",
            base_url=world.post, tariff_url=world.post,
        )  # fmt: skip
        rules = {"strategy": "cheapest_in_time", "rules": self._scenario.rules()}
        door.put(f"/sellers/{SELLER}/rules", rules)
        imported = door.upload(f"/sellers/{SELLER}/products", self._scenario.products_csv())
        if imported["problems"]:
            raise Failed(f"the catalogue was not taken: {imported['problems']}")

    def _account(self, door: Door, plugin: str, **settings: object) -> None:
        body = {"plugin": plugin, "name": plugin, "settings": settings}
        status = door.post(f"/sellers/{SELLER}/accounts", body, dict[str, Any])["status"]
        if status != "good":
            raise Failed(f"the account with {plugin} is {status}")

    def _fetch(self, door: Door) -> None:
        self._screen.say("buyers order; the hub fetches the postings")
        door.post(f"/sellers/{SELLER}/sync", {}, dict[str, Any])
        postings = self._look(door)
        self._ids = {posting.number: posting.id for posting in postings}
        missing = [order.number for order in self._scenario.orders if order.number not in self._ids]
        if missing:
            raise Failed(f"the hub did not fetch {', '.join(missing)}")

    def _ship(self, door: Door) -> None:
        self._screen.say("ship: quotes, the choice of a carrier, booking, assembly, labels")
        by_order = [order for order in self._scenario.orders if order.ordered_carrier]
        chosen = [order.number for order in self._scenario.orders if not order.ordered_carrier]
        # What they cost comes first; its token orders just that.
        total = door.post("/totals", {"seller": SELLER, "postings": chosen}, Total)
        self._screen.say(f"together: {' + '.join(map(str, total.sums))}, for {total.orders} postings")
        door.post(f"/totals/{total.token}/order", {"seller": SELLER}, dict[str, Any], spends=True)
        for order in by_order:
            body = {"seller": SELLER, "postings": [order.number], "carrier": order.ordered_carrier}
            door.post("/shipments", body, dict[str, Any], spends=True)
        # The same order again, as an impatient person gives it: it must cost nothing.
        door.post("/shipments", {"seller": SELLER, "postings": chosen}, dict[str, Any], spends=True)

    def _answer(self, door: Door) -> None:
        """The carrier refuses; a person reads the problem and names another one."""
        order = self._scenario.of("carrier_refuses")

        def refused() -> list[Problem]:
            problems = door.list("/problems", Problem, seller=SELLER, open="true")
            return [p for p in problems if p.posting_number == order.number and p.kind == "carrier_refused"]

        found = self._packed(door, refused)
        if not found:
            self._screen.note(f"{order.number}: no refusal was shown as a problem")
            return
        self._screen.note(f"{order.number}: {found[0].text}")
        answer = {"answer": "other_carrier", "parameters": {"carrier": order.answered_with}}
        door.post(f"/problems/{found[0].id}/answer", answer, dict[str, Any], spends=True)
        self._screen.note(f"{order.number}: answered: book {order.answered_with} instead")

    def _change_of_mind(self, world: World, door: Door) -> None:
        """A buyer cancels when everything is booked already."""
        number = self._scenario.of("buyer_cancels").number

        def booked_and_told() -> bool:
            one = door.get(f"/postings/{self._ids[number]}", Details)
            told = any(moment.kind == "tracking.reported" for moment in one.history)
            return told and one.posting.stage == "labelled"

        self._packed(door, booked_and_told)
        world.buyer_cancels(number)
        self._screen.note(f"{number}: the buyer cancels after the booking")
        door.post(f"/sellers/{SELLER}/sync", {}, dict[str, Any])

    def _papers(self, door: Door) -> None:
        self._screen.say("papers: labels in pick-list order, packing slips")
        numbers = [order.number for order in self._scenario.orders if order.expected.end != "cancelled"]

        def ready() -> bool:
            there = {posting.number for posting in self._look(door) if posting.stage == "labelled"}
            return there.issuperset(numbers)

        if not self._packed(door, ready):
            self._screen.note("not every label came in time")
        everything = [order.number for order in self._scenario.orders]
        labels = door.post("/labels", {"postings": everything}, Labels, wait=2)
        self._printed = frozenset(labels.ready)
        for number, reason in (labels.waiting | labels.refused).items():
            self._screen.note(f"{number}: no label printed: {reason}")
        if labels.document is not None:
            self._save(door, labels.document, "labels.pdf")
        slips = door.post("/packing-slips", {"postings": numbers}, dict[str, Any])
        self._save(door, slips["document"], "packing-slips.pdf")

    def _hand_over(self, world: World, door: Door) -> None:
        self._screen.say("hand-over: a carriage at Ozon, parcels to the carriers' counters")
        done = door.post("/handovers", {"seller": SELLER}, Handovers, spends=True)
        if done.document_id is not None:
            self._save(door, done.document_id, "handover.pdf")
        away = {posting.id for posting in self._look(door) if posting.stage not in _OVER}
        mine = [
            shipment
            for shipment in door.list("/shipments", Shipment, seller=SELLER)
            if shipment.state == "booked" and shipment.posting_id in away
        ]
        world.drop_off(
            *(
                [s.tracking_number for s in mine if s.carrier == carrier]
                for carrier in ("cdek", "sample", "russian_post")
            )
        )

    def _follow(self, door: Door) -> None:
        self._screen.say("on the road: parcels are followed to the buyers' hands")
        door.post("/tracking", {"seller": SELLER}, dict[str, Any])
        self._pictures = {number: png for number, png in self._each(self._picture_from(door)) if png}

        def over() -> bool:
            # Ozon learns of an own delivery only when the hub has told it: both must be at the end.
            return all(p.stage in _OVER and p.status in _OVER for p in self._look(door))

        if not self._patience.until(over, stride=_ROAD, limit=_ROAD_LIMIT):
            self._screen.note("some parcels did not arrive in time")

    def _picture_from(self, door: Door) -> Callable[[str], tuple[str, bytes]]:
        def picture(number: str) -> tuple[str, bytes]:
            documents: Sequence[Document] = door.get(f"/postings/{self._ids[number]}", Details).documents
            label = next((d for d in documents if d.kind == "label" and d.state == "ready"), None)
            if label is None:
                return number, b""
            return number, door.file(f"/documents/{label.id}/picture")

        return picture

    def _each(self, work: Callable[[str], T]) -> list[T]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(work, [order.number for order in self._scenario.orders]))

    def _look(self, door: Door) -> Sequence[Posting]:
        postings = door.list("/postings", Posting, seller=SELLER)
        self._screen.count(Counter(posting.stage for posting in postings))
        return postings

    def _packed(self, door: Door, found: Callable[[], T]) -> T:
        """What ``found`` gives, while the parcels are being packed."""

        def look() -> T:
            self._look(door)
            return found()

        return self._patience.until(look, stride=_PACKING, limit=_PACKING_LIMIT, longest=_PACKING_LONGEST)

    def _save(self, door: Door, document: str, name: str) -> None:
        save(self._home / name, door.file(f"/documents/{document}/content"))
