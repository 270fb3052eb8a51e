"""A seller's first day by the hints alone: each command says the next one, in the seller's language, and to
no program. Nobody runs `hub serve`: what is ordered is done by the command that wants it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli.texts import text
from tests.house.reader import Inside, Reader, free_port, with_ports
from tests.house.repository import ROOT
from tests.house.test_tutorial import BLOCK, NUMBER

RULES = 'strategy = "cheapest"\n'
DAY = [
    ("hub account add my-shop ozon {ozon}", "hub account add my-shop sample"),
    ("hub account add my-shop sample {sample}", "hub products import my-shop FILE"),
    ("hub products import my-shop products.csv", "hub sync my-shop"),
    ("hub rules set my-shop rules.toml", "hub rules test my-shop"),
    ("hub sync my-shop", "hub ship --all-open my-shop --total"),
    (f"hub quote {NUMBER}", f"hub ship {NUMBER}"),
    (f"hub ship {NUMBER} --no-wait", ""),
    (f"hub labels {NUMBER} --out label.pdf", "hub handover my-shop --out sheet.pdf"),
    ("hub handover my-shop --out sheet.pdf", "hub track --seller my-shop"),
]
"""What is typed, and what is said to come next."""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    somebody = Inside(tmp_path)
    somebody.live_at("2026-11-23T06:00:00Z", 20.0)  # the marketplace takes some seconds to confirm
    yield somebody
    somebody.leave()


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_each_command_says_the_next(reader: Reader, language: str) -> None:
    ports = {"8101": str(free_port()), "8103": str(free_port())}
    page = with_ports((ROOT / "docs/tutorial.md").read_text("utf-8"), ports)
    order = ""
    for kind, argument, body in BLOCK.findall(page):
        lines = body.splitlines()
        if kind != "sh":
            (reader.folder / argument).write_text(body, encoding="utf-8")
        elif argument == "window":
            reader.open_window(lines[0])
        order = next((line for line in lines if line.startswith("curl ")), order)
    config = (reader.folder / "plugins.toml").read_text("utf-8")
    reader.type("hub init")
    (reader.folder / "plugins.toml").write_text(config, encoding="utf-8")
    (reader.folder / "rules.toml").write_text(RULES, encoding="utf-8")
    accounts = {
        "ozon": "--set client_id=100001 --set api_key=demo-api-key "
        f"--set base_url=http://127.0.0.1:{ports['8101']}",
        "sample": f"--set key=sample-key --set base_url=http://127.0.0.1:{ports['8103']}",
    }
    seller = (
        "hub seller add my-shop --title Shop --time-zone Asia/Shanghai --plugin labels --plugin sample "
        f"--plugin ozon --language {language} --sender sender.json"
    )
    for line, following in [(seller, "hub account add my-shop ozon"), *DAY]:
        if line.startswith("hub sync"):
            reader.type(order)
        ended = reader.typed(line.format(**accounts))
        assert ended.returncode == 0, f"{line}\n{ended.stdout}\n{ended.stderr}"
        assert _next(ended.stderr, language) == following, line
    assert (reader.folder / "label.pdf").read_bytes().startswith(b"%PDF-")
    for line, _ in DAY if language == "en" else ():
        assert _next(reader.typed(line.format(**accounts) + " --json").stderr, language) == "", line


def _next(stderr: str, language: str) -> str:
    begin = text("Next: {command}", language, command="")
    return next((line.removeprefix(begin) for line in stderr.splitlines() if line.startswith(begin)), "")
