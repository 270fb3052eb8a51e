"""The served hub under schemathesis, with all its checks: no error of ours, no answer that the document does
not have, nothing refused that the document allows, nothing taken that it forbids.

``--schemathesis N`` makes N examples of each operation, after those that reach every boundary of the document
(CI: 2; the long form, 50, makes chains of requests too). Without it there are two of each, and no boundaries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.web.served import Served, served

CONFIG = Path(__file__).with_name("schemathesis.toml")
SEED = 7
A_FEW, LONG = 2, 50


def _some_life(at: Served) -> None:
    """Postings, a booking, labels: so that the routes have something to show."""
    numbers = at.buyers_order(3)
    with httpx.Client(base_url=at.url, headers=at.headers, timeout=90, trust_env=False) as client:
        assert client.post("/v1/sellers/shop/sync").status_code == 200
        for number in numbers[:2]:
            shipped = client.post(
                "/v1/shipments",
                json={"postings": [number]},
                headers={"Idempotency-Key": number, "Prefer": "wait=30"},
            )
            assert shipped.status_code == 200, shipped.text


def test_all_checks(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or shutil.which(
        "schemathesis"
    )
    assert program is not None, "schemathesis is in the dev extra"
    examples = request.config.getoption("--schemathesis", None)
    with served(tmp_path) as at:
        _some_life(at)
        words = [program, "--config-file", str(CONFIG), "run", f"{at.url}/schema/openapi.json"]
        words += ["--checks", "all", "--seed", str(SEED), "--continue-on-failure", "--no-color"]
        words += ["--max-examples", str(examples or A_FEW), "-H", f"Authorization: Bearer {at.token}"]
        if examples is None or examples < LONG:
            words += ["--phases", "examples,fuzzing" if examples is None else "examples,coverage,fuzzing"]
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONUTF8": "1"},
            timeout=300 if examples is None else None,
            check=False,
        )
        with httpx.Client(base_url=at.url, headers=at.headers, timeout=60, trust_env=False) as client:
            assert client.get("/v1/sellers").status_code == 200, "it is alive afterwards"
    said = done.stdout + done.stderr
    print(said[-3000:])
    assert re.search(r"(\d+) generated", said), said
    assert int(re.search(r"(\d+) generated", said)[1]) > (150 if examples is None else 500)  # type: ignore[index]
    assert done.returncode == 0, said
