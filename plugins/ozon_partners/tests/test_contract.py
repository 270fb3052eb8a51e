"""The table keeps the contract of a carrier, as far as one that only quotes has any."""

from pathlib import Path

import httpx
import msgspec
import pytest
from hub import Address
from hub.testing import CarrierContract, account, book_request
from hub_ozon_partners import OzonPartners, OzonPartnersSettings

TABLE = """\
partner,tier,delivery,from_country,base,per_gram,currency,days_min,days_max,valid_from
Falcon,Slow,door,RU,5,0.021,CNY,10,20,2020-01-01
Falcon,Fast,door,RU,9,0.04,CNY,,,2020-01-01
"""


class TestOzonPartners(CarrierContract):
    bookable = book_request("falcon/slow/door")
    unserved = Address(country="KZ", postal_code="050000", city="Алматы")

    @pytest.fixture
    def carrier(self, tmp_path: Path, hub_http: httpx.AsyncClient) -> OzonPartners:
        (tmp_path / "ozon-partners.csv").write_text(TABLE, encoding="utf-8")
        mine = msgspec.structs.replace(account("ozon_partners"), folder=tmp_path)
        return OzonPartners(OzonPartnersSettings(), hub_http, mine)
