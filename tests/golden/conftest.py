"""The option that takes what the hub does now for what it is to do."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("golden").addoption(
        "--update-golden", action="store_true", help="write tests/golden/expected.txt anew"
    )
