"""POST /1.0/tariff: a quote under the account's contract."""

from __future__ import annotations

from typing import Annotated

import msgspec

from russian_post_api.decoding import Deciding
from russian_post_api.structs import DeliveryTime, Dimension, Received, Sent


class TariffRequest(Sent, frozen=True, kw_only=True):
    """Grams, centimetres, kopecks. The documentation requires the fields without a default.

    ``index_from`` is one of the account's own points, or left out for the default one: anything else is 1001.
    ``index_to`` has six digits; abroad ``mail_direct`` says where to. ``entries_type`` as in a customs
    declaration (SALE_OF_GOODS).
    """

    mail_type: str
    mail_category: str
    mass: int
    entries_type: str
    inventory: bool
    with_order_of_notice: bool
    with_simple_notice: bool
    index_from: str | None = None
    index_to: str | None = None
    mail_direct: int | None = None
    dimension: Dimension | None = None
    dimension_type: str | None = None
    declared_value: int | None = None
    delivery_point_index: str | None = None
    transport_type: str | None = None
    payment_method: str | None = None
    notice_payment_method: str | None = None
    sms_notice_recipient: int | None = None
    fragile: bool | None = None
    courier: bool | None = None
    completeness_checking: bool | None = None
    contents_checking: bool | None = None
    vsd: bool | None = None
    with_electronic_notice: bool | None = None


class Rate(Received, frozen=True, kw_only=True):
    """Kopecks: ``rate`` without VAT, ``vat`` beside it."""

    rate: int = 0
    vat: int = 0


class AdditionalFields(Received, frozen=True, kw_only=True):
    """``weight_pay``: grams that are charged."""

    is_size: int | None = None
    weight_pay: int | None = None


class Tariff(Received, frozen=True, kw_only=True):
    """The price is :attr:`total_with_vat`. **0 is no offer**: the pair is not in the contract."""

    total_rate: int
    total_vat: Annotated[int, Deciding] = 0
    ground_rate: Rate | None = None
    avia_rate: Rate | None = None
    insurance_rate: Rate | None = None
    fragile_rate: Rate | None = None
    notice_rate: Rate | None = None
    inventory_rate: Rate | None = None
    oversize_rate: Rate | None = None
    sms_notice_recipient_rate: Rate | None = None
    completeness_checking_rate: Rate | None = None
    contents_checking_rate: Rate | None = None
    vsd_rate: Rate | None = None
    delivery_time: DeliveryTime | None = None
    payment_method: str = ""
    additional: AdditionalFields | None = msgspec.field(default=None, name="tariffAdditionalFieldsJson")

    @property
    def total_with_vat(self) -> int:
        """Kopecks to pay."""
        return self.total_rate + self.total_vat
