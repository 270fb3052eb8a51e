"""The client: every method of the groups, over one HTTP client and one set of credentials."""

from __future__ import annotations

from ozon_api.account import Account
from ozon_api.cancel_requests import CancelRequests
from ozon_api.cancelling import Cancelling
from ozon_api.carriages import Carriages
from ozon_api.countries import Countries
from ozon_api.exemplars import Exemplars
from ozon_api.labels import Labels
from ozon_api.orders import Orders
from ozon_api.packing import Packing
from ozon_api.rfbs import Rfbs
from ozon_api.stock_levels import StockReading
from ozon_api.warehouses import Warehouses


class Client(
    Account,
    Orders,
    Exemplars,
    Countries,
    Packing,
    Labels,
    Carriages,
    Rfbs,
    Cancelling,
    CancelRequests,
    Warehouses,
    StockReading,
):
    """Ozon Seller API, orders of FBS and rFBS.

    ``Client(http, auth, base_url=BASE_URL, *, file_hosts=FILE_HOSTS)``. A method is named after its path
    without the version: ``/v2/posting/fbs/act/get-pdf`` is ``posting_fbs_act_get_pdf``. Only methods that
    are alive in the swagger of 2026-09-22. One attempt per call; nothing is converted, stored or logged.

    ``file_hosts`` are the hosts that :meth:`download` may fetch from: ``"ozon.ru"`` (https, and all hosts
    below it) or a whole origin, ``"http://127.0.0.1:8102"``.
    """
