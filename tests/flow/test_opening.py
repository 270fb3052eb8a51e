"""A file that does harm ends as the refused label of its posting, and is not opened again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hub import hookimpl
from hub.calls.children import Children
from hub.flow import orders
from hub.flow.documents import opening
from hub.plugin_api.labels import LabelContent, LabelRenderer, Paper
from hub.plugin_api.models import Document, Pending, Ready, Ticket
from hub.store import Transaction, rows
from tests.children.renderers import Orders
from tests.flow.desk import Desk, Lookup, desk


class Obeyed(Orders):
    """Draws labels that its own reading obeys."""

    def labels(self, labels: Iterable[LabelContent], paper: Paper) -> Document:
        raise NotImplementedError


class _Plugin:
    @hookimpl
    def label_renderers(self) -> Iterable[type[LabelRenderer]]:
        return (Obeyed,)


class Sends(Lookup):
    """Sends for each order the file that stands in ``files``, or its number."""

    files: dict[str, str] = {}  # noqa: RUF012

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready:
        lines = [self.files.get(number, number) for number in ticket.value.split(",")]
        return Ready(document=Document(content="\n".join(lines).encode(), media_type="text/plain"))


class Counting(Children):
    """Real children, and how many files they were given."""

    opened = 0

    def _submit(self, *arguments: object) -> object:  # type: ignore[override]
        self.opened += 1
        return super()._submit(*arguments)  # type: ignore[arg-type]


async def _labelled(at: Desk, count: int) -> list[str]:
    at.app.children = Counting(seconds_a_page=0.5, seconds_a_file=2.0)
    postings = []
    for number in range(1, count + 1):
        postings.append(await at.order(f"100{number}-1"))
        await at.ship(postings[-1])
        await at.pass_time(60)
    return postings


async def test_a_bomb_is_its_postings_refused_label_and_is_remembered(tmp_path: Path) -> None:
    Sends.files = {"TRK1": "TRK1\nburn 600"}
    async with desk(tmp_path, Sends, extra={"labels": _Plugin()}) as at:
        first, second = await _labelled(at, 2)
        assert at.view(second).stage == "labelled"
        problem = at.problems()["label_failed"]
        assert (problem.posting_id, problem.data["reason"]) == (first, "this file takes too long to open")
        assert "takes too long" in problem.text
        opened = at.app.children.opened  # type: ignore[attr-defined]
        await at.pass_time(3600, news=False)
        await at.answer("label_failed", "retry")
        await at.pass_time(3600, news=False)
        assert at.problems()["label_failed"].posting_id == first
        assert at.app.children.opened == opened  # type: ignore[attr-defined]
        assert not (await orders.labels(at.app, [first], actor="test")).ready


async def test_a_better_file_for_the_same_parcel_is_taken(tmp_path: Path) -> None:
    Sends.files = {"TRK1": "memory 9000"}
    async with desk(tmp_path, Sends, extra={"labels": _Plugin()}) as at:
        (first,) = await _labelled(at, 1)
        assert at.problems()["label_failed"].data["reason"] == "this file takes too much memory to open"
        Sends.files = {}
        await at.answer("label_failed", "retry")
        await at.pass_time()
        assert at.view(first).stage == "labelled"
        assert not at.problems()


async def test_a_remembered_file_may_be_tried_after_a_week(tmp_path: Path) -> None:
    Sends.files = {"TRK1": "TRK1\nexit 1"}
    async with desk(tmp_path, Sends, extra={"labels": _Plugin()}) as at:
        document = Document(content=b"well", media_type="text/plain")
        name = opening.file_id(document.content)
        row = rows.RefusedFileRow(name, "this file takes too long to open", at.clock.now())

        def write(tx: Transaction) -> None:
            rows.refused_files.insert(tx, row)

        await at.app.store.write(write)
        at.app.children = Children()
        assert [reason for _, reason in opening._known(at.app, [name])] == [row.reason]
        at.clock.advance(8 * 24 * 3600)
        assert [page.codes for page in await opening.pages(at.app, document, "shop")] == [{"well"}]


async def test_a_file_that_breaks_when_it_is_composed_costs_itself_only(tmp_path: Path) -> None:
    Sends.files = {}
    async with desk(tmp_path, Sends, extra={"labels": _Plugin()}) as at:
        postings = await _labelled(at, 3)

        def spoil(tx: Transaction) -> None:
            spoilt = rows.FileRow("spoilt", "text/plain", b"signal 11", at.clock.now())
            rows.files.insert(tx, spoilt)
            tx.execute(
                "UPDATE documents SET file_id = 'spoilt' WHERE kind = 'label' AND posting_id = ?",
                (postings[1],),
            )

        await at.app.store.write(spoil)
        result = await orders.labels(at.app, postings, actor="test")
        assert result.document_id is not None
        assert result.ready == ("1001-1", "1003-1")
        assert result.refused == {"1002-1": "this file breaks the program that opens it"}
        assert [one.code for one in result.results] == ["", "unreadable", ""]
        assert at.problems()["label_failed"].posting_id == postings[1]
        again = await orders.labels(at.app, postings, actor="test")
        assert again.ready == ("1001-1", "1003-1")
