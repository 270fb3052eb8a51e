"""docs/reference/lists.md says what the code says, and http.md's requests can be made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.lists import PAGE, error_codes, page
from tests.house.repository import ROOT
from tests.web.served import served


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.house.lists"


def test_the_lists_are_not_empty() -> None:
    assert len(error_codes()) > 30
    said = page()
    for word in ("no_weight", "correct_product", "client_secret", "carrier_off", "labelled"):
        assert f"`{word}`" in said


def test_the_requests_of_the_http_page_can_be_made(tmp_path: Path) -> None:
    """The block marked ``try``, word for word, with the hub's address and a key in the environment."""
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if bash is None or curl is None:
        pytest.skip("this machine has no bash and curl")
    text = (ROOT / "docs/reference/http.md").read_text("utf-8")
    (block,) = re.findall(r"^```bash try\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    with served(tmp_path) as at:
        number = at.buyers_order(1)[0]
        environment = {**os.environ, "HUB": at.url, "KEY": at.token, "POSTING": number}
        done = subprocess.run(
            [bash, "-euo", "pipefail", "-c", block],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "label.pdf").read_bytes().startswith(b"%PDF-")
