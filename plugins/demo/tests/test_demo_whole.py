"""The whole day, as a person runs it: half a minute, all its processes ended, its papers there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest

_OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["']?(?!data:|#)([^"'\s>]+)|url\(|@import|https?://""")
_BESIDE = {"labels.pdf", "packing-slips.pdf", "handover.pdf"}


def run(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONUTF8": "1", "COLUMNS": "160"}
    command = [sys.executable, "-m", "hub.cli", "demo", "--out", str(out), *options]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=1800, check=False,
        cwd=out.parent,
    )  # fmt: skip


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("demo") / "day"
    done = run(out, "--seed", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    return out, done.stdout


def test_its_papers_are_there(day: tuple[Path, str]) -> None:
    out, said = day
    for name in ("labels.pdf", "packing-slips.pdf", "handover.pdf"):
        assert (out / name).read_bytes().startswith(b"%PDF")
        assert name in said
    assert (out / "hub.sqlite").stat().st_size > 0


def test_its_report_has_the_promised_shape(day: tuple[Path, str]) -> None:
    report: dict[str, Any] = json.loads((day[0] / "report.json").read_bytes())
    assert set(report) == {"postings", "totals", "seconds"}
    assert set(report["totals"]) == {
        "postings", "delivered", "cancelled", "problems", "committed", "charged",
    }  # fmt: skip
    assert len(report["postings"]) == report["totals"]["postings"] == 24
    assert (report["totals"]["delivered"], report["totals"]["cancelled"]) == (23, 1)
    for posting in report["postings"]:
        assert set(posting) == {
            "posting_number", "scheme", "integration_type_flow", "stage", "carrier", "service", "price",
            "reference", "tracking_number", "marketplace_status", "label_pages", "problems",
        }  # fmt: skip
        ozon_delivers = posting["integration_type_flow"] in ("ozon", "aggregator")
        own = [posting[name] for name in ("service", "reference")]
        assert all(value is None for value in own) if ozon_delivers else all(own)
        assert posting["label_pages"] == (0 if posting["stage"] == "cancelled" else 1)


def text_of(paper: Path) -> str:
    with pypdfium2.PdfDocument(paper) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def test_its_labels_show_a_day_in_everybodys_letters(day: tuple[Path, str]) -> None:
    text = text_of(day[0] / "labels.pdf")
    for piece in ("СДЭК", "ПОЧТА РОССИИ", "СКВОРЕЦ", "Отгрузить до", "Куда"):
        assert piece in text
    assert re.search(r"[\u4e00-\u9fff]{3}", text)
    assert "???" not in text


def test_every_parcel_stands_on_the_sheet(day: tuple[Path, str]) -> None:
    """Whoever moves by itself after an hour or four has not left before the seller went to the counter."""
    text = text_of(day[0] / "handover.pdf")
    report = json.loads((day[0] / "report.json").read_bytes())
    numbers = {one["posting_number"] for one in report["postings"] if one["stage"] == "delivered"}
    assert {number for number in numbers if number not in text} == set()


def test_its_page_asks_nobody_for_anything(day: tuple[Path, str]) -> None:
    html = (day[0] / "index.html").read_text("utf-8")
    outside = [found.group(1) or found.group(0) for found in _OUTSIDE.finditer(html)]
    assert set(outside) <= _BESIDE
    assert html.count("data:image/png;base64,") == 23
    assert "<script" not in html
    report = json.loads((day[0] / "report.json").read_bytes())
    for posting in report["postings"]:
        assert f'id="p{posting["posting_number"]}"' in html


def test_a_folder_that_is_not_its_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "hub.sqlite").write_bytes(b"precious")
    done = run(tmp_path / "mine")
    assert done.returncode == 1
    assert (tmp_path / "mine" / "hub.sqlite").read_bytes() == b"precious"


def test_a_planted_fault_is_noticed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--faults", "ci") == "short":
        pytest.skip("another whole day: .ci/run has it (--faults ci)")
    done = run(tmp_path / "spoilt", "--seed", "5", "--plant-fault")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "bookings that no posting has" in done.stdout
    assert "expected DELIVERED" in done.stdout
