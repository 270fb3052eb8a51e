"""``hub handover`` and ``hub handovers``: all parcels, a list, a scan; the sheet once more."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from hub.flow.opening import open_app
from plugins.labels.tests.papers import text_of
from tests.cli.conftest import Run
from tests.web.parcels import lie_ready
from tests.web.seed import Seeded


@pytest.fixture
def numbers(home: Path, seeded: dict[str, Seeded]) -> list[str]:
    """Alpha's five parcels that lie ready."""

    async def fill() -> list[str]:
        app = open_app(home)
        try:
            return lie_ready(app, seeded["alpha"])
        finally:
            await app.aclose()

    return asyncio.run(fill())


def test_named_parcels_go_and_the_sheet_can_be_had_again(
    run: Run, numbers: list[str], tmp_path: Path
) -> None:
    sheet, again = tmp_path / "sheet.pdf", tmp_path / "again.pdf"
    done = run("--lang", "en", "handover", "alpha", numbers[0], "alpha-trk2", "--out", str(sheet))
    assert done.code == 0, done
    assert "3 more lie ready here" in done.err
    assert f"1 of 2 labels were never printed: {numbers[0]}" in done.err
    text = text_of(sheet.read_bytes())
    assert numbers[0] in text
    assert "ALPHA-TRK2" in text
    assert numbers[2] not in text
    (made,) = run("handovers", "alpha", "--json").json
    assert (made["title"], len(made["postings"]), made["state"]) == ("Sample courier", 2, "closed")
    shown = run("--lang", "en", "handovers", "alpha")
    assert made["id"][:12] in shown.out
    assert run("handover", "alpha", "--again", made["id"], "--out", str(again)).code == 0
    assert again.read_bytes() == sheet.read_bytes()
    same = run("handover", "alpha", numbers[0], "alpha-trk2", "--json")
    assert same.code == 0
    assert [one["state"] for one in same.json["results"]] == ["already", "already"]
    assert [one["id"] for one in same.json["handovers"]] == [made["id"]]
    (still,) = run("handovers", "alpha", "--json").json
    assert still == made


def test_a_code_that_is_none_costs_itself_and_the_exit_code_says_so(run: Run, numbers: list[str]) -> None:
    done = run("--lang", "en", "handover", "alpha", numbers[0], "NOPE")
    assert done.code == 1
    assert "no parcel of alpha has this code" in " ".join(done.out.split())
    assert len(run("handovers", "alpha", "--json").json) == 1
    alone = run("--lang", "en", "handover", "alpha", "NOPE")
    assert alone.code == 1
    assert "Nothing was handed over." in alone.err
    assert len(run("handovers", "alpha", "--json").json) == 1, "an unknown list is not everything"


@pytest.mark.parametrize(
    "content",
    [
        b"{0}\n{1}\n",
        b"\xef\xbb\xbf{0}\r\n{1}\r\n\r\n",
        b'"{0}";"{1}";',
        b"{0},\t{1}",
        "{0}\n{1}\n".encode("utf-16"),
        b"\xe4\xf6\xfc\n{0} {1}",
    ],
    ids=["lines", "Windows", "semicolons", "blanks", "UTF-16", "odd bytes"],
)
def test_a_list_comes_as_files_come(
    run: Run, numbers: list[str], tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = content.startswith(b"\xff\xfe")
    text = content.decode("utf-16" if wide else "latin-1")
    filled = text.format(*numbers).encode("utf-16" if wide else "latin-1")
    (tmp_path / "list").write_bytes(filled)
    done = run("handover", "alpha", "--only", str(tmp_path / "list"), "--json").json
    taken = [one["number"] for one in done["results"] if one["state"] == "taken"]
    assert (taken, done["rest"]) == (numbers[:2], 3)


def test_an_empty_list_hands_nothing_over_and_a_huge_one_is_refused(
    run: Run, numbers: list[str], tmp_path: Path
) -> None:
    (tmp_path / "empty").write_bytes(b"\n ; \n")
    assert run("handover", "alpha", "--only", str(tmp_path / "empty"), "--json").json["handovers"] == []
    (tmp_path / "huge").write_bytes(b"1\n" * 600_000)
    refused = run("--lang", "en", "handover", "alpha", "--only", str(tmp_path / "huge"))
    assert refused.code == 2
    assert "too long" in refused.err
    assert run("handovers", "alpha", "--json").json == []


def test_what_is_scanned_is_told_at_once_and_goes(
    run: Run, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = f"ALPHA-TRK1\nalpha-trk1\nNOPE\n{numbers[1]}\x1d\r\nend\nALPHA-TRK3\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    done = run("--lang", "en", "handover", "alpha", "--scan")
    assert done.code == 1, "a parcel was refused"
    lines = [line.strip() for line in done.err.splitlines()]
    assert f"+ 1  {numbers[0]}" in lines
    assert f"= {numbers[0]}: scanned already" in lines
    assert "! NOPE: no parcel of alpha has this code" in lines
    assert f"+ 2  {numbers[1]}" in lines
    (made,) = run("handovers", "alpha", "--json").json
    assert len(made["postings"]) == 2, "what comes after the end is not taken"
    monkeypatch.setattr("sys.stdin", io.StringIO("ALPHA-TRK1\n"))
    again = run("--lang", "en", "handover", "alpha", "--scan")
    assert "handed over already" in again.err
    assert again.code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("NOPE\nALPHA-TRK3\n"))
    some = run("handover", "alpha", "--scan", "--json")
    assert some.code == 1
    assert [(one["asked"], one["state"]) for one in some.json["results"]] == [
        ("NOPE", "refused"),
        ("ALPHA-TRK3", "taken"),
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    nothing = run("--lang", "en", "handover", "alpha", "--scan")
    assert nothing.code == 0
    assert len(run("handovers", "alpha", "--json").json) == 2, "nothing scanned is not everything"


def test_again_wants_a_file_and_nothing_else(run: Run, numbers: list[str], tmp_path: Path) -> None:
    assert run("handover", "alpha", "--again", "hnd_x").code == 2
    assert (
        run("handover", "alpha", numbers[0], "--again", "hnd_x", "--out", str(tmp_path / "x.pdf")).code == 2
    )
    unknown = run("--lang", "en", "handover", "alpha", "--again", "hnd_x", "--out", str(tmp_path / "x.pdf"))
    assert unknown.code == 1
    assert "no such hand-over" in unknown.err
    assert not (tmp_path / "x.pdf").exists()
    (made,) = run("handover", "alpha", "--json").json["handovers"]
    foreign = run("handover", "beta", "--again", made["id"], "--out", str(tmp_path / "x.pdf"))
    assert foreign.code == 1, "another seller's is none"
