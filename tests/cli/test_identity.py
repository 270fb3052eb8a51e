"""``hub problems answer ... give_document``: asked for field by field, shown masked."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from hub.flow.opening import open_app
from tests.cli.conftest import Run
from tests.web.seed import Seeded

LINES = ("4510", "654321", "21.03.2015", "Made-up office", "04.03.1990", "500100732259")


@pytest.fixture
def mine(home: Path, seeded: dict[str, Seeded]) -> Seeded:
    async def wait() -> None:
        app = open_app(home)
        sql = "UPDATE problems SET kind = 'recipient_document', data = '{\"carrier\": \"cdek\"}'"
        app.store.write_now(lambda tx: tx.execute(sql))
        await app.aclose()

    asyncio.run(wait())
    return seeded["alpha"]


def _type(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))


def test_the_papers_are_asked_for_one_by_one_and_shown_masked(
    run: Run, mine: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "паспортные данные и ИНН получателя" in run("problems", "--seller", "alpha", "--json").out
    _type(monkeypatch, *LINES)
    ended = run("problems", "answer", mine.problem, "give_document")
    assert ended.code == 0, ended.err
    for question in ("серия паспорта (для иностранного — пусто)", "кем выдан", "ИНН"):
        assert question in ended.err, question
    assert not [line for line in LINES if line in ended.out + ended.err]
    shown = run("--lang", "en", "show", mine.posting.number)
    assert "45** ****21" in shown.out
    assert "**********59" in shown.out
    as_json = run("show", mine.posting.number, "--json")
    assert as_json.json["recipient"]["passport"] == "45** ****21"
    assert not [line for line in LINES[1:] if line in shown.out + as_json.out]


def test_what_is_wrong_is_named_by_field(run: Run, mine: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    _type(monkeypatch, *LINES[:-1], "500100732258")
    ended = run("--lang", "en", "problems", "answer", mine.problem, "give_document")
    assert ended.code != 0
    assert "tax_number: its check digits do not fit: a digit is mistyped" in ended.err
    assert "500100732258" not in ended.out + ended.err
    assert "recipient_document" in run("problems", "--json", "--seller", "alpha").out


def test_a_script_gives_them_with_set(run: Run, mine: Seeded) -> None:
    names = ("series", "number", "issued_on", "issued_by", "date_of_birth", "tax_number")
    pairs = [f"--set={name}={line}" for name, line in zip(names, LINES, strict=True)]
    assert run("problems", "answer", mine.problem, "give_document", *pairs).code == 0
    wrong = run("--lang", "en", "problems", "answer", mine.problem, "give_document", "--set", "4510654321")
    assert "write KEY=VALUE" in wrong.err
    assert "4510654321" not in wrong.err
