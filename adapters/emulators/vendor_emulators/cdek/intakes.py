"""Courier call-outs."""

from datetime import datetime
from random import Random

import msgspec

from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.model import Asked, stamp
from vendor_emulators.cdek.views import from_location
from vendor_emulators.schedule import Schedule

_NAMES = {
    "ACCEPTED": "Принят",
    "CREATED": "Создан",
    "REMOVED": "Отменена",
    "READY_FOR_APPOINTMENT": "Готова к назначению",
    "INVALID": "Некорректная заявка",
}
_FINAL = frozenset({"REMOVED", "INVALID", "DONE"})


class Intake(msgspec.Struct):
    uuid: str
    asked: Json
    requests: list[Asked]
    statuses: list[tuple[str, datetime]]
    number: str | None = None
    order_uuid: str | None = None

    @property
    def state(self) -> str:
        return self.statuses[-1][0]


class Intakes:
    def __init__(self, schedule: Schedule, random: Random, book: OrderBook) -> None:
        self._schedule = schedule
        self._random = random
        self._book = book
        self.all: dict[str, Intake] = {}

    def create(self, body: Json) -> Intake:
        """Accept an intake; checked half a second to three seconds later."""
        for key in ("intake_date", "intake_time_from", "intake_time_to"):
            if not body.get(key):
                raise refuse("v2_field_is_empty", message=f"{key} is empty")
        order_uuid = None
        if body.get("order_uuid"):
            order_uuid = self._book.find(str(body["order_uuid"])).uuid
        elif body.get("cdek_number"):
            order_uuid = self._book.by_cdek_number(str(body["cdek_number"])).uuid
        now = self._schedule.now()
        asked = Asked(new_uuid(self._random), "CREATE", now)
        intake = Intake(new_uuid(self._random), body, [asked], [("ACCEPTED", now)], order_uuid=order_uuid)
        twin = self._twin(intake)
        self.all[intake.uuid] = intake
        self._schedule.after(0.5 + self._random.random() * 2.5, lambda: self._settle(intake, twin))
        return intake

    def find(self, uuid: str) -> Intake:
        if uuid not in self.all:
            raise refuse("v2_entity_not_found", uuid)
        return self.all[uuid]

    def delete(self, uuid: str) -> tuple[Intake, Asked]:
        """Raises v2_entity_has_final_status."""
        intake = self.find(uuid)
        if intake.state in _FINAL:
            message = f"Operation is forbidden. Entity has final status {intake.state}"
            raise refuse("v2_entity_has_final_status", message=message)
        asked = Asked(new_uuid(self._random), "DELETE", self._schedule.now())
        intake.requests.append(asked)
        self._schedule.after(0.5, lambda: self._removed(intake, asked))
        return intake, asked

    def view(self, intake: Intake) -> Json:
        """``GET /v2/intakes/{uuid}``; statuses newest first."""
        entity: Json = {
            **intake.asked,
            "uuid": intake.uuid,
            "statuses": [
                {"code": code, "name": _NAMES[code], "date_time": stamp(at)}
                for code, at in reversed(intake.statuses)
            ],
        }
        if intake.order_uuid:
            entity["order_uuid"] = intake.order_uuid
            if (taken_from := from_location(self._book.find(intake.order_uuid))) is not None:
                entity.setdefault("from_location", taken_from)
        if intake.number:
            entity["intake_number"] = intake.number
        return {"entity": entity, "requests": [asked.view() for asked in intake.requests]}

    def _twin(self, intake: Intake) -> Json | None:
        keys = ("intake_date", "from_location")
        for other in self.all.values():
            if other.state in _FINAL:
                continue
            if intake.order_uuid and other.order_uuid == intake.order_uuid:
                message = f"Intake exists by order {intake.order_uuid}"
                return error("v2_intake_exists_by_order", message=message)
            if not intake.order_uuid and all(other.asked.get(k) == intake.asked.get(k) for k in keys):
                message = "Intake exists by date and address"
                return error("v2_intake_exists_by_date_address", message=message)
        return None

    def _settle(self, intake: Intake, problem: Json | None) -> None:
        asked, now = intake.requests[0], self._schedule.now()
        if intake.state in _FINAL:
            return
        if problem:
            asked.state, asked.errors = "INVALID", [problem]
            intake.statuses.append(("INVALID", now))
            return
        asked.state = "SUCCESSFUL"
        intake.number = str(13_000_000 + self._random.randrange(900_000))
        intake.statuses += [("CREATED", now), ("READY_FOR_APPOINTMENT", now)]

    def _removed(self, intake: Intake, asked: Asked) -> None:
        asked.state = "SUCCESSFUL"
        intake.statuses.append(("REMOVED", self._schedule.now()))
