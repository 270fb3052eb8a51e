"""Courier pick-ups (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

from typing import Annotated

from cdek_api.decoding import Date, Deciding
from cdek_api.structs import (
    Answer,
    Contact,
    ContactInfo,
    Location,
    LocationInfo,
    Received,
    Sent,
    Status,
    oldest_first,
)


class IntakeRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/intakes: for one order (``cdek_number`` or ``order_uuid``), or a consolidated pick-up with
    ``sender``, ``from_location`` and ``name``, for which CDEK makes an order by itself.

    ``intake_date`` at most 31 days ahead; times are local "HH:MM", from 09:00 to 22:00, at least three hours
    apart by CDEK's advice, lunch inside. ``weight`` in grams (default 100), the sides in centimetres.
    """

    intake_date: Date
    intake_time_from: str
    intake_time_to: str
    cdek_number: str | None = None
    order_uuid: str | None = None
    lunch_time_from: str | None = None
    lunch_time_to: str | None = None
    name: str | None = None
    weight: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    comment: str | None = None
    courier_power_of_attorney: bool | None = None
    courier_identity_card: bool | None = None
    sender: Contact | None = None
    from_location: Location | None = None
    need_call: bool | None = None


class IntakePackage(Received, frozen=True, kw_only=True):
    package_id: str | None = None
    weight: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


class IntakeEntity(Received, frozen=True, kw_only=True):
    """A pick-up; ``intake_number`` is what a person asks CDEK about. Grams and centimetres."""

    uuid: Annotated[str | None, Deciding] = None
    cdek_number: str | None = None
    order_uuid: str | None = None
    intake_number: str | None = None
    intake_date: Date | None = None
    intake_time_from: str | None = None
    intake_time_to: str | None = None
    lunch_time_from: str | None = None
    lunch_time_to: str | None = None
    name: str | None = None
    weight: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    comment: str | None = None
    courier_power_of_attorney: bool | None = None
    courier_identity_card: bool | None = None
    sender: ContactInfo | None = None
    from_location: LocationInfo | None = None
    to_location: LocationInfo | None = None
    need_call: bool | None = None
    statuses: tuple[Status, ...] = ()
    packages: tuple[IntakePackage, ...] = ()


class Intake(Answer, frozen=True, kw_only=True):
    """The answer of GET /v2/intakes/{uuid}."""

    entity: IntakeEntity | None = None

    @property
    def statuses(self) -> list[Status]:
        """The pick-up's statuses, oldest first."""
        if not self.entity:
            return []
        return oldest_first(self.entity.statuses, came_newest_first=True)
