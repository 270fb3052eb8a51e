"""The label of a carrier that gives none is the hub's, and says what the carrier's class says of it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]

from hub.plugin_api.carriers import Carrier

from .desk import Lookup, desk


class Labelless(Lookup):
    label_note = "Format unverified"
    request_labels = Carrier.request_labels
    fetch_labels = Carrier.fetch_labels


async def test_the_carriers_note_stands_on_the_hubs_own_label(tmp_path: Path) -> None:
    async with desk(tmp_path, Labelless) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).stage == "labelled"
        (file,) = at.app.store.reader.execute(
            "SELECT f.content FROM documents d JOIN files f ON f.id = d.file_id "
            "WHERE d.kind = 'label' AND d.state = 'ready'"
        ).fetchall()
        pdf = pypdfium2.PdfDocument(file["content"])
        text = pdf[0].get_textpage().get_text_bounded()
        pdf.close()
        assert "Format unverified" in text
        assert "TRK1" in text
