"""A carrier with a table in a folder of its own; and Ozon's published prices, where they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest
from hub.testing import account
from hub_ozon_partners import OzonPartners, OzonPartnersSettings

MakeCarrier = Callable[..., OzonPartners]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files" / "shop"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def make(folder: Path, hub_http: httpx.AsyncClient) -> MakeCarrier:
    """Writes the table, if one is given, and makes the carrier."""

    def made(content: str | None = None, **settings: object) -> OzonPartners:
        if content is not None:
            (folder / "ozon-partners.csv").write_text(content, encoding="utf-8")
        mine = msgspec.structs.replace(account("ozon_partners"), folder=folder)
        chosen = msgspec.convert(settings, OzonPartnersSettings)
        return OzonPartners(chosen, hub_http, mine)

    return made


@pytest.fixture(scope="session")
def published(shared: Path) -> Path:
    return shared / "data"
