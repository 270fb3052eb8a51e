"""What a contract with Russian Post is told apart by."""

from __future__ import annotations

from typing import Literal

import russian_post_api as post
from hub import Secret, Settings


class RussianPostSettings(Settings, frozen=True, kw_only=True):
    """One contract. Without ``token``, ``login`` and ``password``: estimates from the public list only."""

    token: Secret = Secret("")
    """The application's access token (otpravka.pochta.ru, settings, API)."""
    login: str = ""
    """E-mail or phone of the cabinet."""
    password: Secret = Secret("")
    postoffice: str = ""
    """The index of the account's hand-in point; without one the first that is switched on."""
    print_type: Literal["PAPER", "THERMO"] = "THERMO"
    """A6 100x150 mm, or A5. A label made before the parcel is in a batch follows the cabinet's setting."""
    tracking: Literal["otpravka", "tickets", "single"] = "otpravka"
    """``otpravka``: the last operation, at no cost of tracking; ``tickets``: whole histories of many, for
    contract clients; ``single``: whole histories, 100 requests a day."""
    tracking_login: str = ""
    tracking_password: Secret = Secret("")
    base_url: str = post.OTPRAVKA
    tariff_url: str = post.TARIFF
    single_url: str = post.TRACKING
    batch_url: str = post.BATCH_TRACKING
