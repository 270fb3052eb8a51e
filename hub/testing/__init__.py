"""For plugin authors: contract suites to subclass, made-up requests, and fixtures (`hub_http`).

The suites need pytest and pytest-asyncio with ``asyncio_mode = "auto"``.
"""

from __future__ import annotations

from hub.testing.carrier_contract import CarrierContract
from hub.testing.made_up import account, book_request

__all__ = ["CarrierContract", "account", "book_request"]
