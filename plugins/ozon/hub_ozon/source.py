"""Ozon as an order source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
import ozon_api
from hub import (
    AccountStatus,
    Assembly,
    CancelReason,
    Document,
    Failure,
    Handover,
    OrderSource,
    Page,
    Parcel,
    Pending,
    Posting,
    Ready,
    ReportResult,
    Secret,
    Settings,
    Stage,
    Ticket,
    now,
)

from hub_ozon import errors, mapping

_DAY = timedelta(days=1)
_SHIPPING_ROLES = ("Admin", "Posting FBS")
_LIST = ozon_api.ListWith(barcodes=True)
_GET = ozon_api.GetWith(barcodes=True)
_DONE = "completed"


class OzonSettings(Settings, frozen=True, kw_only=True):
    """One cabinet. ``file_hosts``: where label files may be fetched from, without the keys."""

    client_id: str
    api_key: Secret
    base_url: str = "https://api-seller.ozon.ru"
    file_hosts: tuple[str, ...] = ("ozon.ru", "ozone.ru")
    label_size: str = "big"
    """``big`` (75x120 mm) or ``small`` (58x40 mm)."""


class _Asked(msgspec.Struct, frozen=True):
    """What a label ticket holds."""

    task: int
    numbers: tuple[str, ...]


class OzonSource(OrderSource[OzonSettings]):
    """Postings of every `integration_type_flow`; what may be called is read off ``available_actions``."""

    code = "ozon"
    title = "Ozon"
    settings_type = OzonSettings
    streams = ("open", "changed")
    settle = timedelta(seconds=60)
    label_batch = 1000

    @property
    def client(self) -> ozon_api.Client:
        """The wire client; making one costs nothing, the connection is the hub's."""
        s = self.settings
        key = ozon_api.ApiKey(s.client_id, s.api_key.reveal())
        return ozon_api.Client(self.http, key, s.base_url, file_hosts=s.file_hosts)

    async def check(self) -> AccountStatus:
        found = await self.client.roles()
        names = tuple(role.name for role in found.roles)
        notes: tuple[str, ...] = ()
        if not any(name in _SHIPPING_ROLES for name in names):
            notes = ("The key has no role that ships: make one with 'Posting FBS' or 'Admin'.",)
        return AccountStatus(
            external_id=self.settings.client_id, expires_at=found.expires_at, roles=names, notes=notes
        )

    async def postings(self, stream: str, cursor: str) -> Page:
        if stream == "open":
            # Both lists refuse an empty filter; this window holds everything that can still be shipped.
            window = ozon_api.UnfulfilledFilter(cutoff_from=now() - 90 * _DAY, cutoff_to=now() + 90 * _DAY)
            page = await self.client.posting_fbs_unfulfilled_list(filter=window, cursor=cursor, with_=_LIST)
            follow = page.cursor if page.has_next and page.postings else ""
            return Page(items=tuple(map(bytes, page.postings)), next=follow, complete=not follow)
        until, _, inner = cursor.partition("|")
        end = datetime.fromisoformat(until) if until else now()
        changes = ozon_api.PostingFilter(since=end - 90 * _DAY, to=end + _DAY)
        page = await self.client.posting_fbs_list(filter=changes, cursor=inner, with_=_LIST)
        follow = f"{end.isoformat()}|{page.cursor}" if page.has_next and page.postings else ""
        return Page(items=tuple(map(bytes, page.postings)), next=follow, complete=not follow)

    def decode(self, raw: bytes) -> Posting:
        return mapping.posting(raw)

    def number(self, raw: bytes) -> str:
        class _Number(msgspec.Struct):
            posting_number: str = ""

        return msgspec.json.decode(raw, type=_Number).posting_number

    async def posting(self, number: str) -> bytes:
        return bytes((await self.client.posting_fbs_get(number, with_=_GET)).result)

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        packages = [
            ozon_api.Package(
                products=tuple(
                    ozon_api.PackageProduct(product_id=int(item.sku), quantity=item.quantity)
                    for item in parcel.items or posting.items
                )
            )
            for parcel in parcels
        ]
        done = await self.client.posting_fbs_ship(posting.number, packages)
        return Assembly(numbers=done.result)

    async def request_labels(self, postings: Sequence[Posting]) -> Sequence[Ticket | Failure]:
        numbers = tuple(posting.number for posting in postings)
        try:
            asked = await self.client.posting_fbs_package_label_create(numbers)
        except ozon_api.OzonError as error:
            failure = errors.explain(error)
            if failure is None or failure.kind != "unavailable":
                raise
            if len(postings) > 1:
                # One that is not ready refuses the whole batch: ask for each alone.
                return [(await self.request_labels([one]))[0] for one in postings]
            return [failure]
        sizes = {task.task_type: task.task_id for task in asked.tasks}
        task = sizes.get(f"{self.settings.label_size}_label", asked.tasks[0].task_id)
        ticket = Ticket(msgspec.json.encode(_Asked(task, numbers)).decode())
        return [ticket for _ in postings]

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        asked = msgspec.json.decode(ticket.value, type=_Asked)
        found = await self.client.posting_fbs_package_label_get(asked.task)
        if found.status.code != _DONE:
            if found.status.code == "error":
                reason = found.error.message if found.error else "Ozon could not make the labels"
                return Failure(kind="rejected", message=reason)
            return Pending(retry_after=timedelta(seconds=15))
        unprinted = {one.posting_number: one.message for one in found.status.unprinted_postings}
        file = await self.client.download(found.file_url)
        document = Document(content=file.content, media_type="application/pdf", covers=asked.numbers)
        return Ready(document=document, unprinted=unprinted)

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        pair = ozon_api.TrackingNumber(posting_number=posting.number, tracking_number=tracking_number)
        return _result(posting, await self.client.fbs_posting_tracking_number_set([pair]))

    async def report(self, posting: Posting, stage: Stage) -> ReportResult:
        client = self.client
        call = {
            Stage.IN_TRANSIT: client.fbs_posting_delivering,
            Stage.READY_FOR_PICKUP: client.fbs_posting_last_mile,
            Stage.DELIVERED: client.fbs_posting_delivered,
        }[stage]
        return _result(posting, await call([posting.number]))

    async def handovers(self, group: str, day: date) -> Sequence[Handover]:
        wanted = ozon_api.CarriageFilter(delivery_method_id=int(group), departure_date=day)
        found = await self.client.carriage_delivery_list(filter=wanted)
        return [
            Handover(handover_id=str(one.id), state="open" if one.status == "new" else "pending")
            for method in found.methods
            for one in method.carriages
            if one.id  # 0 stands for "one may be created"
        ]

    async def open_handover(self, group: str, day: date) -> Handover:
        departure = datetime.combine(day, time(), UTC)
        made = await self.client.carriage_create(int(group), departure)
        return Handover(handover_id=str(made.carriage_id), state="open")

    async def close_handover(self, handover_id: str) -> Handover:
        await self.client.carriage_approve(int(handover_id))
        return Handover(handover_id=handover_id, state="pending")

    async def handover(self, handover_id: str) -> Handover:
        carriage = int(handover_id)
        details = await self.client.carriage_get(carriage)
        if details.status == "new":
            return Handover(handover_id=handover_id, state="open")
        if details.status == "cancelled":
            return Handover(handover_id=handover_id, state="refused", reason="cancelled at Ozon")
        act = (await self.client.posting_fbs_act_check_status(carriage)).result
        if act.status != "ready":
            state = "refused" if act.status in ("error", "cancelled") else "pending"
            return Handover(handover_id=handover_id, state=state, reason=act.status)  # type: ignore[arg-type]
        code = (await self.client.posting_fbs_act_get_barcode_text(carriage)).result
        return Handover(handover_id=handover_id, state="ready", covers=act.added_to_act, code=code)

    async def cancel_reasons(self, posting: Posting) -> Sequence[CancelReason]:
        found = await self.client.posting_fbs_cancel_reason([posting.number])
        return [
            CancelReason(id=str(one.id), title=one.title, needs_message=one.id == 402)
            for reply in found.result
            for one in reply.reasons
        ]

    async def cancel(self, posting: Posting, reason: CancelReason, message: str) -> ReportResult:
        done = await self.client.posting_fbs_cancel(
            posting.number, int(reason.id), cancel_reason_message=message
        )
        return ReportResult(number=posting.number, state="accepted" if done.result else "refused")

    def explain(self, error: Exception) -> Failure | None:
        return errors.explain(error)


def _result(posting: Posting, reply: ozon_api.PostingResults) -> ReportResult:
    """The result of one posting: per item, under HTTP 200."""
    for one in reply.result:
        if one.posting_number == posting.number:
            if one.result:
                return ReportResult(number=posting.number, state="accepted")
            word = str(one.error or "")
            return ReportResult(number=posting.number, state="refused", reason=word, reason_code=word)
    return ReportResult(number=posting.number, state="refused", reason="Ozon did not answer for it")
