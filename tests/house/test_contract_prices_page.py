"""How to use contract prices, word for word: its files are written and its commands are run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.cli import root
from hub.flow.app import init_home
from hub.flow.choice.prices.contract_prices import PriceTables, priced
from hub.flow.choice.prices.price_csv import COLUMNS, read_table
from hub.flow.choice.records.feedback_csv import COLUMNS as FEEDBACK_COLUMNS
from hub.flow.choice.records.feedback_csv import REASONS
from hub.plugin_api.models import Money, Quote, Service
from tests.house.repository import ROOT

PAGE = (ROOT / "docs/how-to/contract-prices.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
TOML = """\
[plugins]
allow = ["sample"]

[sellers.my-shop]
title = "My shop"
time_zone = "Asia/Shanghai"
plugins = ["sample"]
language = "en"
"""


def test_what_the_page_says_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    init_home(tmp_path)
    (tmp_path / "plugins.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARCELHUB_LANG", raising=False)
    told: dict[str, str] = {}
    for language, name, body in BLOCK.findall(PAGE):
        if language == "csv":
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            capsys.readouterr()
            program, *words = shlex.split(line)
            assert program == "hub"
            code = root.run(words)
            captured = capsys.readouterr()
            assert code == 0, f"{line}: {captured.err}"
            told[line] = captured.out
    assert "249.00 RUB" in told["hub prices list my-shop"]
    assert told["hub records my-shop --direction RU/630099"] == "", "there is no parcel yet"


def test_the_prices_are_those_that_the_page_names() -> None:
    (table,) = (body for _, name, body in BLOCK.findall(PAGE) if name == "prices.csv")
    lines, problems, _ = read_table(table.encode())
    assert problems == []
    prices = PriceTables({"sample": lines})
    cases = {
        ("economy", 400): "249.00",
        ("economy", 1200): "299.00",
        ("economy", 3000): "360.00",
        ("other", 400): "360.00",
    }
    for (service, weight_g), amount in cases.items():
        quote = Quote(service=Service(code=service, name=service), price=Money.of(400, "RUB"))
        found = priced(prices, "sample", quote, weight_g=weight_g, on=date(2026, 11, 23))
        assert found is not None
        assert found.price == Money.of(amount, "RUB")


@pytest.mark.parametrize(
    "words", [[one.name for one in COLUMNS], [one.name for one in FEEDBACK_COLUMNS], REASONS]
)
def test_the_page_names_every_column_and_reason(words: Iterable[Any]) -> None:
    assert [word for word in words if f"`{word}`" not in PAGE] == []
