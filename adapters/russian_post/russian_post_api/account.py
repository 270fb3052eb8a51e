"""The account: daily quota, settings, its own hand-in points and the products that each offers."""

from __future__ import annotations

from typing import Annotated

from russian_post_api.decoding import Deciding
from russian_post_api.structs import AddressInfo, Private, Received


class Limit(Received, frozen=True, kw_only=True):
    """Calls a day over all methods of Otpravka. Tracking has quotas of its own."""

    allowed_count: int
    current_count: int

    @property
    def left(self) -> int:
        return max(0, self.allowed_count - self.current_count)


class Product(Received, frozen=True, kw_only=True):
    """A pair that the account may use, ``product_type`` "ONLINE_PARCEL_ORDINARY"; those abroad begin with
    INTERNATIONAL."""

    mail_type: str
    mail_category: str
    product_type: str = ""

    @property
    def international(self) -> bool:
        return self.product_type.startswith("INTERNATIONAL")


class ShippingPoint(Received, frozen=True, kw_only=True):
    """One of the account's own hand-in points. ``operator_postcode`` is its index.

    ``available_products`` is what the contract allows at this point, ``user_available_products`` what the
    user has left switched on.
    """

    operator_postcode: Annotated[str, Deciding] = ""
    additional_operator_postcodes: tuple[str, ...] = ()
    enabled: Annotated[bool, Deciding] = True
    temporary: bool = False
    courier_call: bool = False
    pre_postal_preparation: bool = False
    is_agreement: bool = False
    vsd_enabled: bool = False
    ops_address: str = ""
    return_address_type: str = ""
    available_mail_types: tuple[str, ...] = ()
    available_products: tuple[Product, ...] = ()
    user_available_mail_types: tuple[str, ...] = ()
    user_available_products: tuple[Product, ...] = ()
    user_return_address: AddressInfo | None = None


class UserSettings(Private, Received, frozen=True, kw_only=True):
    """The part of the settings that shipping needs. No access tokens are kept."""

    hid: Annotated[str, Deciding] = ""
    legal_hid: Annotated[str, Deciding] = ""
    org_name: str = ""
    agreement_number: str = ""
    agreement_date: str = ""
    blocked: Annotated[bool, Deciding] = False
    print_type: str = ""
    easy_return: bool = False
    online_balance_enabled: bool = False
    espp_code: str = ""
    shipping_points: tuple[ShippingPoint, ...] = ()
