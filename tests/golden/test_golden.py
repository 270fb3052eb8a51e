"""What the hub does in three seeded runs is what it did before."""

from __future__ import annotations

import difflib
import subprocess
import sys

import pytest

from tests.flow.desk import START
from tests.golden.__main__ import EXPECTED
from tests.golden.trace import Trace, compare
from tests.house.repository import ROOT


def test_the_hub_does_what_it_did(request: pytest.FixtureRequest) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.golden", "short"],
        capture_output=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-3000:]
    now = ran.stdout.decode()
    if request.config.getoption("--update-golden", False):
        EXPECTED.write_text(now, encoding="utf-8")
    changes = difflib.unified_diff(
        EXPECTED.read_text("utf-8").splitlines(), now.splitlines(), lineterm="", n=0
    )
    shown = "\n".join(line for line in changes if not line.startswith("@@"))
    assert not shown, (
        f"{shown[:4000]}\n"
        "what it did, line by line: 'python -m tests.golden write FILE' here and at the commit before, then "
        "'python -m tests.golden compare OLD NEW'; if it is meant: 'python -m tests.golden update'"
    )


def test_ids_times_and_places_are_by_their_order() -> None:
    trace = Trace(START)
    one, two = (f"pst_0193{n}aaa-0000-7000-8000-000000000000" for n in "01")
    trace.say("a", f"{two} before {one} at 2026-11-23T06:00:00.123456Z")
    trace.say("a", f"{one} again")
    assert trace.sections["a"] == ["pst#1 before pst#2 at 2026-11-23T06:00:00Z", "pst#2 again"]


def test_the_first_differences_are_shown() -> None:
    old, new = Trace(START), Trace(START)
    for trace, third in ((old, "posted"), (new, "lost")):
        for line in ("one", "two", third):
            trace.say("requests", line)
        trace.say("history", "the same")
    new.say("books", "one more section")
    assert compare(old.text(), new.text()) == [
        "== requests: 3 lines before, 3 after",
        "@@ -2,2 +2,2 @@",
        " two",
        "-posted",
        "+lost",
        "== books: only in the new one",
    ]
    assert compare(old.text(), old.text()) == []
