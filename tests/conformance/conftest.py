"""Finds the folder of vendor material that the conformance tests read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with ``specs/`` and ``fixtures/``: ``PARCELHUB_SHARED``, else ``../shared``.

    Without the folder these tests are skipped, unless ``PARCELHUB_REQUIRE_SHARED=1`` makes that a failure.
    """
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("PARCELHUB_SHARED") or beside)
    if not (folder / "specs").is_dir():
        message = f"no vendor specs at {folder}: set PARCELHUB_SHARED"
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return folder
