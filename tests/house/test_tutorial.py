"""The tutorial, word for word: its files are written and its commands are run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reader import Reader, free_port, with_ports
from tests.house.repository import ROOT

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
NUMBER = "0100-0001-1"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Time is twenty times as fast: the marketplace takes some seconds to confirm what was packed."""
    somebody = Reader(tmp_path)
    somebody.live_at("2026-11-23T06:00:00Z", 20.0)
    yield somebody
    somebody.leave()


def test_from_an_empty_folder_to_a_printed_label(reader: Reader) -> None:
    text = (ROOT / "docs/tutorial.md").read_text("utf-8")
    ports = {"8101": str(free_port()), "8103": str(free_port())}
    text = with_ports(text, ports)
    for language, argument, body in BLOCK.findall(text):
        if language != "sh":
            (reader.folder / argument).write_text(body, encoding="utf-8")
            continue
        for line in body.splitlines():
            if argument == "window":
                reader.open_window(line)
            else:
                reader.type(line)
    assert (reader.folder / "label.pdf").read_bytes().startswith(b"%PDF-")
    shown = json.loads(reader.type(f"hub show {NUMBER} --json"))
    assert shown["posting"]["stage"] == "labelled"
    assert [operation["state"] for operation in shown["operations"]] == ["confirmed"] * 3
    assert shown["problems"] == []
