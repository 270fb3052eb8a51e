"""What the doors read: pages that miss nothing and repeat nothing, and everything about one posting."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.flow import reading
from hub.flow.history.quote_views import QuoteView
from hub.flow.history.views import PostingView
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.errors import Conflict, NotFound, Rejected, Unsupported
from hub.plugin_api.labels import LabelRenderer, PageRef
from hub.plugin_api.models import Address, Money, Parcel, Product, Recipient, Stage
from hub.store import Transaction, queries, rows
from tests.flow.desk import desk
from tests.flow.in_process import InProcess
from tests.flow.small_app import NOON, small_app
from tests.store.postings import fill, mixed, posting_row, priced

if TYPE_CHECKING:
    from hub.flow.app import App
from hub.flow.health.health import figures
from hub.flow.health.readiness import Readiness

COUNT = 120
OPEN = tuple(stage for stage in Stage if stage.rank < Stage.HANDED_OVER.rank)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Two sellers with 120 postings each: every stage, some without a deadline. Nothing here changes them."""
    with small_app(tmp_path_factory.mktemp("reading")) as opened:
        for seller in ("alpha", "beta"):
            fill(opened.store, mixed(COUNT, seller))
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Iterator[App]:
    """An app for one test."""
    with small_app(tmp_path) as opened:
        yield opened


def _all(app: App, limit: int, **filters: Any) -> list[PostingView]:
    """Every page; no page is longer than asked, and the cursor ends."""
    found: list[PostingView] = []
    cursor = ""
    for _ in range(2 * COUNT):
        page = reading.postings(app, seller="alpha", cursor=cursor, limit=limit, **filters)
        assert len(page.items) <= limit
        found += page.items
        if not (cursor := page.next):
            return found
    raise AssertionError("the pages do not end")


def _expected(stages: Sequence[Stage], open_only: bool, ship_before: datetime | None, sort: str) -> list[str]:
    """The same by the plainest means."""
    wanted = [
        row
        for row in mixed(COUNT)
        if (not stages or row.stage in stages)
        and (not open_only or row.is_open)
        and (ship_before is None or (row.ship_by is not None and row.ship_by < ship_before))
    ]
    if sort == "newest":
        return [row.id for row in sorted(wanted, key=lambda row: row.id, reverse=True)]
    far = NOON + timedelta(days=9999)
    return [row.id for row in sorted(wanted, key=lambda row: (row.ship_by or far, row.id))]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stages=st.lists(st.sampled_from(list(Stage)), max_size=4, unique=True) | st.just(list(Stage)),
    open_only=st.booleans(),
    hours=st.none() | st.integers(-1, 51),
    sort=st.sampled_from(["deadline", "newest"]),
    limit=st.sampled_from([1, 7, 50, 200]),
)
def test_pages_have_everything_once_and_in_order(
    app: App, stages: list[Stage], open_only: bool, hours: int | None, sort: str, limit: int
) -> None:
    before = None if hours is None else NOON + timedelta(hours=hours)
    found = _all(app, limit, stages=stages, open_only=open_only, ship_before=before, sort=sort)
    assert [view.id for view in found] == _expected(stages, open_only, before, sort)


def test_a_short_page_of_a_filtered_list_goes_on(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "WINDOW", 10)
    found = _all(app, 50, stages=(Stage.LOST,), sort="newest")
    assert [view.id for view in found] == _expected((Stage.LOST,), False, None, "newest")


def test_new_postings_between_two_pages_neither_hide_nor_repeat_others(own: App) -> None:
    fill(own.store, (posting_row(n, ship_by=NOON + timedelta(hours=n)) for n in range(10)))
    first = reading.postings(own, seller="alpha", limit=5)
    fill(own.store, [posting_row(90, ship_by=NOON - timedelta(hours=1)), posting_row(91)])
    second = reading.postings(own, seller="alpha", cursor=first.next, limit=20)
    assert [view.id[-2:] for view in first.items] == ["00", "01", "02", "03", "04"]
    assert [view.id[-2:] for view in second.items] == ["05", "06", "07", "08", "09"]


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "!",
        "é",
        "x" * 5000,
        _cursor({}),
        _cursor(["deadline"]),
        _cursor(["deadline", 5, None]),
        _cursor(["deadline", "pst", 2**63]),
        _cursor(["deadline", "pst", 1, "more"]),
        _cursor(["newest", "pst", None]),
        _cursor(["shipments", "pst", None]),
    ],
)
def test_a_broken_cursor_is_told_in_plain_words(app: App, cursor: str) -> None:
    with pytest.raises(Rejected, match="begin again without a cursor"):
        reading.postings(app, seller="alpha", cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_bounds(app: App, limit: int) -> None:
    with pytest.raises(Rejected, match="1 to 200"):
        reading.postings(app, seller="alpha", limit=limit)


def test_a_view_shows_the_row(own: App) -> None:
    row = msgspec.structs.replace(
        priced(posting_row(1, stage=Stage.BOOKED), "708.00"), carrier="cdek", status_known=False, problems=2
    )
    fill(own.store, [row])
    view = reading.postings(own, seller="alpha").items[0]
    shown = {name: getattr(view, name) for name in view.__struct_fields__}
    assert shown.pop("items") == row.pieces
    assert shown.pop("price") == Money.of("708", "RUB")
    assert shown == {name: getattr(row, name) for name in shown}


# --- one posting ------------------------------------------------------------------------------------------


def test_a_posting_by_id_or_number_of_its_own_seller(app: App) -> None:
    row = next(mixed(1))
    assert reading.posting(app, row.id).number == row.number
    assert reading.posting(app, row.id, seller="alpha").id == row.id
    assert reading.posting(app, row.number, seller="alpha").id == row.id
    for key, seller in ((row.id, "beta"), ("pst_none", None), ("none", None), ("none", "alpha"), ("", None)):
        with pytest.raises(NotFound):
            reading.posting(app, key, seller=seller)
    with pytest.raises(NotFound):
        reading.posting_details(app, "pst_none")


def test_a_number_that_two_accounts_know_names_both(app: App) -> None:
    number = next(mixed(1)).number
    with pytest.raises(reading.Ambiguous) as caught:
        reading.posting(app, number)
    assert caught.value.candidates == ("pst_alpha_00000000", "pst_beta_00000000")
    assert isinstance(caught.value, Conflict)


def _fill_posting(app: App, row: rows.PostingRow) -> None:
    parcel = Parcel(number=1, weight_g=500, length_mm=200, width_mm=150, height_mm=50)
    recipient = Recipient(
        name="Тестов Тест",
        phone="+7 000 000-00-42",
        email="t@example.com",
        address=Address(country="RU", city="Омск", street="Ленина 1"),
    )
    shipment = rows.ShipmentRow(
        id="shp_1",
        seller="alpha",
        account="acc_1",
        posting_id=row.id,
        ordinal=1,
        state="cancelled",
        carrier="cdek",
        service_code="136",
        service_name="Point",
        reference="R1",
        carrier_id="uuid",
        tracking_number="100",
        quoted_minor=100,
        committed_minor=200,
        charged_minor=None,
        currency="RUB",
        stage="",
        parcels=(),
        why={},
        created_at=NOON,
        updated_at=NOON,
    )
    second = msgspec.structs.replace(
        shipment, id="shp_2", ordinal=2, state="booked", parcels=(parcel,), why={"code": "only"}
    )
    document = rows.DocumentRow(
        id="doc_1",
        seller="alpha",
        account="acc_1",
        kind="label",
        posting_id=row.id,
        shipment_id="shp_2",
        state="ready",
        ticket="",
        file_id="fil_1",
        media_type="application/pdf",
        page=2,
        codes=("100",),
        reason="",
        printed=1,
        retry_at=None,
        created_at=NOON,
        updated_at=NOON,
    )
    waiting = msgspec.structs.replace(
        document, id="doc_2", state="requested", file_id="", reason="in the queue"
    )
    problem = rows.ProblemRow(
        "prb_1", "alpha", row.id, "acc_1", "", "no_weight", {"items": ["A"]}, NOON, "open", "", NOON, None
    )
    quotes = [
        QuoteView(carrier="cdek", account="acc_1", price=Money.of("7", "RUB"), chosen=True),
        QuoteView(carrier="sample", account="acc_2", missing="no answer came in time"),
    ]

    def write(tx: Transaction) -> None:
        rows.postings.insert(tx, row)
        rows.recipients.insert(tx, rows.RecipientRow(row.id, recipient, NOON))
        rows.shipments.insert_many(tx, [shipment, second])
        rows.documents.insert_many(tx, [document, waiting])
        rows.files.insert(tx, rows.FileRow("fil_1", "application/pdf", b"%PDF", NOON))
        rows.problems.insert(tx, problem)
        closed = msgspec.structs.replace(problem, id="prb_2", kind="late_risk", state="answered", data={})
        rows.problems.insert(tx, closed)
        rows.quotes.insert(tx, rows.QuoteTableRow(row.id, NOON, msgspec.to_builtins(quotes)))
        for n, (shp, hours) in enumerate((("shp_2", 2), ("shp_2", 1), ("shp_1", 0))):
            time = NOON + timedelta(hours=hours)
            event = rows.TrackingRow(shp, f"h{n}", time, "moved", f"c{hours}", "Принят", "Омск", True)
            rows.tracking_events.insert(tx, event)
        for n, kind in enumerate(("posting.imported", "ship.ordered"), 1):
            entry = rows.HistoryRow(row.id, n, f"evt_{n}", NOON, kind, 1, "cli:me", "", {})
            rows.history.insert(tx, entry)

    app.store.write_now(write)


def test_everything_about_a_posting(own: App) -> None:
    row = posting_row(1)
    _fill_posting(own, row)
    details = reading.posting_details(own, row.id)
    assert details.posting == reading.posting(own, row.id)
    assert details.items == row.document.items
    assert details.shipment is not None
    assert (details.shipment.id, details.shipment.posting_number) == ("shp_2", row.number)
    assert [parcel.weight_g for parcel in details.parcels] == [500]
    assert [event.code for event in details.tracking] == ["c1", "c2"]
    assert [entry.sequence for entry in details.history] == [1, 2]
    assert details.history[0].text == "Received from the marketplace"
    assert [(q.carrier, q.chosen, q.missing) for q in details.quotes] == [
        ("cdek", True, ""),
        ("sample", False, "no answer came in time"),
    ]
    assert details.quotes[0].price == Money.of("7", "RUB")
    assert [d.id for d in details.documents] == ["doc_1", "doc_2"]
    assert [(p.id, bool(p.answers)) for p in details.problems] == [("prb_1", True), ("prb_2", False)]
    assert details.problems[0].text == "The catalogue has no weight or size: A"
    shown = msgspec.json.encode(details).decode()
    for secret in ("Тестов", "000-00", "example.com", "Ленина"):
        assert secret not in shown
    assert details.recipient is not None
    assert (details.recipient.name, details.recipient.phone, details.recipient.city) == (
        "Т••• Т•••",
        "•••42",
        "Омск",
    )


def test_a_new_posting_has_nothing_yet(own: App) -> None:
    row = posting_row(1)
    fill(own.store, [row])
    details = reading.posting_details(own, row.id)
    assert (details.recipient, details.shipment) == (None, None)
    for name in ("parcels", "quotes", "operations", "documents", "tracking", "problems", "history"):
        assert getattr(details, name) == (), name


# --- the other lists and things ---------------------------------------------------------------------------


def test_shipments_in_pages_and_alone(own: App) -> None:
    row = posting_row(1)
    _fill_posting(own, row)
    first = reading.shipments(own, seller="alpha", limit=1)
    second = reading.shipments(own, seller="alpha", limit=1, cursor=first.next)
    assert [page.items[0].id for page in (first, second)] == ["shp_2", "shp_1"]
    assert second.next == ""
    assert first.items[0].posting_number == row.number
    assert reading.shipments(own, seller="beta").items == []
    shipment = reading.shipment(own, "shp_1")
    assert shipment == second.items[0]
    assert (shipment.quoted, shipment.charged) == (Money.of("1", "RUB"), None)
    for read in (reading.shipment, reading.operation, reading.problem, reading.document):
        with pytest.raises(NotFound):
            read(own, "none")


def test_problems_open_and_all(own: App) -> None:
    _fill_posting(own, posting_row(1))
    assert [p.id for p in reading.problems(own, seller="alpha").items] == ["prb_1"]
    assert [p.id for p in reading.problems(own, seller="alpha", open_only=False).items] == ["prb_2", "prb_1"]
    first = reading.problems(own, seller="alpha", open_only=False, limit=1)
    second = reading.problems(own, seller="alpha", open_only=False, limit=1, cursor=first.next)
    assert [page.items[0].id for page in (first, second)] == ["prb_2", "prb_1"]
    assert second.next == ""
    assert reading.problems(own, seller="beta").items == []
    problem = reading.problem(own, "prb_1")
    assert problem.posting_number
    assert problem.answers[0].code == "correct_product"
    assert "weight_g" in problem.answers[0].parameters


def test_a_page_asks_once_who_reads_it(own: App) -> None:
    """However many problems stand on it."""
    _fill_posting(own, posting_row(1))
    said: list[str] = []
    own.store.reader.set_trace_callback(said.append)
    assert len(reading.problems(own, seller="alpha", open_only=False).items) == 2
    own.store.reader.set_trace_callback(None)
    assert len([one for one in said if 'FROM "sellers"' in one]) == 1


def _put_problem(tx: Transaction, seller: str, name: str, hours: float | None, state: str = "open") -> None:
    due = None if hours is None else NOON + timedelta(hours=hours)
    row = rows.ProblemRow(
        id=f"prb_{name}", seller=seller, posting_id="", account="", operation_id="", kind="calls_short",
        data={}, deadline=due, state=state, answer="", created_at=NOON, closed_at=None,
        subject_type="account", subject_id=name,
    )  # fmt: skip
    rows.problems.insert(tx, row)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_what_must_be_answered_soonest_comes_first_on_every_page(own: App, limit: int) -> None:
    def write(tx: Transaction) -> None:
        for seller, name, hours in (
            ("alpha", "a", None),
            ("alpha", "b", 9),
            ("beta", "c", 3),
            ("alpha", "d", 3),
            ("beta", "e", None),
            ("alpha", "f", -2),
            ("", "g", None),
            ("beta", "h", 3),
        ):
            _put_problem(tx, seller, name, hours)
        _put_problem(tx, "alpha", "i", 1, "answered")

    own.store.write_now(write)

    def pages(seller: str | None) -> str:
        seen, cursor = [], ""
        while True:
            page = reading.problems(own, seller=seller, limit=limit, cursor=cursor)
            seen += [one.subject_id for one in page.items]
            cursor = page.next
            if not cursor:
                return "".join(seen)

    assert pages(None) == "fcdhbgea"
    assert pages("alpha") == "fdba"
    assert pages("beta") == "che"
    newest = reading.problems(own, seller="alpha", open_only=False, limit=2)
    assert [one.subject_id for one in newest.items] == ["i", "f"]
    with pytest.raises(Rejected, match="cursor"):
        reading.problems(own, seller="alpha", cursor=newest.next)


def test_a_document_and_its_file(own: App) -> None:
    _fill_posting(own, posting_row(1))
    assert reading.document(own, "doc_1").state == "ready"
    assert reading.document_content(own, "doc_1").content == b"%PDF"
    with pytest.raises(Conflict, match="requested: in the queue"):
        reading.document_content(own, "doc_2")


async def test_a_picture_shows_the_documents_own_page(own: App) -> None:
    _fill_posting(own, posting_row(1))
    with pytest.raises(Unsupported):
        await reading.document_picture(own, "doc_1")

    class Renderer(LabelRenderer):
        title = "Renderer"

        def picture(self, page: PageRef, dots_per_inch: int = 110) -> bytes:
            return f"{page.media_type} {page.index}".encode()

    own.registry.renderers["test"] = Renderer
    own.children = InProcess()
    assert await reading.document_picture(own, "doc_1") == b"application/pdf 2"
    assert await reading.document_picture(own, "doc_1", 3) == b"application/pdf 4"


def test_handovers_the_newest_first(own: App) -> None:
    def write(tx: Transaction) -> None:
        for n in (1, 2):
            row = rows.HandoverRow(
                f"hnd_{n}",
                "alpha",
                "acc_1",
                "",
                "g1",
                "2026-11-20",
                "",
                "open",
                ("1",),
                "",
                "",
                "",
                NOON,
                NOON,
            )
            rows.handovers.insert(tx, row)

    own.store.write_now(write)
    assert [(v.id, v.group, v.postings) for v in reading.handovers(own, "alpha")] == [
        ("hnd_2", "g1", ("1",)),
        ("hnd_1", "g1", ("1",)),
    ]
    assert reading.handovers(own, "beta") == []


def _job(key: str, run_at: datetime, state: str = "waiting") -> rows.JobRow:
    return rows.JobRow(key, "alpha", "acc_1", "sync", "x", 1, run_at, state, False, "", NOON, 0, 0, "", NOON)


def test_health_counts_what_waits(own: App) -> None:
    calm = figures(own, Readiness("ok"))
    assert (calm.status, calm.queue, calm.oldest_due_seconds, calm.worker) == ("ok", 0, 0.0, False)

    def write(tx: Transaction) -> None:
        rows.jobs.insert_many(
            tx,
            [
                _job("a", NOON - timedelta(seconds=400)),
                _job("b", NOON + timedelta(hours=1)),
                _job("c", NOON - timedelta(days=1), "parked"),
            ],
        )
        tx.execute("INSERT INTO counters (name, value) VALUES ('unknown_status', 3)")

    _fill_posting(own, posting_row(1))
    own.store.write_now(write)
    view = figures(own, Readiness("stalled", ("work_late",)))
    assert (view.status, view.reasons) == ("stalled", ("work_late",))
    assert (view.queue, view.oldest_due_seconds) == (2, 400.0)
    assert (view.problems_open, view.counters) == (1, {"unknown_status": 3})
    assert view.engine == own.store.engine
    assert (f"SQLite {view.sqlite}" == view.engine) == bool(view.sqlite)


def test_plugins_tell_what_they_can_do(app: App) -> None:
    views = {view.name: view for view in reading.plugins(app.registry)}
    assert views["market"].kinds == ("source",)
    assert views["courier"].capabilities == ("quote",)


async def test_the_items_of_a_posting_are_completed_from_the_catalogue(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        cup = Product(offer_id="CUP", sku="1", weight_g=300, place="A-01", name_zh="杯子")
        await import_products(at.app, "shop", [cup], "test")
        (item,) = reading.posting_details(at.app, posting).items
    assert (item.weight_g, item.place, item.name_zh) == (300, "A-01", "杯子")
