"""The examples of SPSR that were rebuilt from public clients, where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Skips where the folder is absent, unless PARCELHUB_REQUIRE_SHARED=1 makes that a failure."""
    folder = Path(os.environ.get("PARCELHUB_SHARED") or Path(__file__).resolve().parents[4] / "shared")
    if not (folder / "fixtures" / "spsr").is_dir():
        message = f"no examples of SPSR at {folder}: set PARCELHUB_SHARED"
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return folder
