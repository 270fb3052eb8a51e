"""A label page belongs to the parcel whose code it shows; what is not ready is a wait, not an error."""

from __future__ import annotations

from pathlib import Path

from hub.flow import orders

from .desk import Lookup, desk


async def test_every_box_has_its_page(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup, boxes=3) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).stage == "labelled"
        pages = at.app.store.reader.execute(
            "SELECT page, codes FROM documents WHERE kind = 'label' AND state = 'ready' ORDER BY page"
        ).fetchall()
        assert len(pages) == 3
        done = await orders.labels(at.app, [posting], actor="test")
        assert done.document_id is not None
        file = at.app.store.reader.execute(
            "SELECT f.content FROM documents d JOIN files f ON f.id = d.file_id WHERE d.id = ?",
            (done.document_id,),
        ).fetchone()
        from hub.plugin_api.models import Document

        printed = list(
            at.app.renderer().pages(Document(content=file["content"], media_type="application/pdf"))
        )
        assert [{"TRK1", "TRK1/2", "TRK1/3"} & page.codes for page in printed] == [
            {"TRK1/3"},
            {"TRK1/2"},
            {"TRK1"},
        ]


async def test_a_missing_page_is_not_printed_around(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup, boxes=2) as at:
        posting = await at.order()
        at.books.labels.append("short")
        await at.ship(posting)
        await at.pass_time()
        problem = at.problems()["label_mismatch"]
        assert (problem.data["pages"], problem.data["boxes"]) == (1, 2)
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        await at.answer("label_mismatch", "retry")
        await at.pass_time()
        assert at.view(posting).stage == "labelled"


async def test_a_page_of_another_parcel_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.labels.append("foreign")
        await at.ship(posting)
        await at.pass_time()
        assert "TRK9999" in at.problems()["label_mismatch"].data["codes"]
        assert not (await orders.labels(at.app, [posting], actor="test")).ready


async def test_a_vendor_that_is_down_is_asked_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.labels.extend(["down", "down"])
        await at.ship(posting)
        await at.pass_time()
        assert not at.problems()
        assert at.view(posting).stage == "labelled"
