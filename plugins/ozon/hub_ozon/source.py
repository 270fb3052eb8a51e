"""Ozon as an order source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import httpx
import msgspec
import ozon_api
from hub import (
    Account,
    AccountStatus,
    Assembly,
    AuthFailed,
    BadReply,
    CancelReason,
    CancelRequest,
    Failure,
    Handover,
    Limit,
    OrderSource,
    Page,
    Parcel,
    Pending,
    Posting,
    Ready,
    Rejected,
    ReportResult,
    Secret,
    Settings,
    Stage,
    Ticket,
    Unit,
    UnitsCheck,
    Unsupported,
    now,
    said,
)

from hub_ozon import cancel_requests, errors, exemplar_checks, exemplars, handing, labels, mapping, windows
from hub_ozon.countries import CountryTeller

_SHIPPING_ROLES = ("Admin", "Posting FBS")
_NEEDED = (
    "/v4/posting/fbs/unfulfilled/list",
    "/v4/posting/fbs/list",
    "/v3/posting/fbs/get",
    "/v4/posting/fbs/ship",
    "/v3/posting/fbs/package-label/create",
    "/v2/posting/fbs/package-label/get",
)
_LIST = ozon_api.ListWith(barcodes=True, analytics_data=True)  # it has the day promised to the buyer
_GET = ozon_api.GetWith(barcodes=True, analytics_data=True)
_OTHER_REASON = 402  # the one that wants a message (Ozon docs 2026-06-22)


class OzonSettings(Settings, frozen=True, kw_only=True):
    """One cabinet. ``file_hosts``: where label files may be fetched from, always without the keys."""

    client_id: str
    api_key: Secret
    base_url: str = ozon_api.BASE_URL
    file_hosts: tuple[str, ...] = ozon_api.FILE_HOSTS
    label_size: Literal["big", "small"] = "big"
    """75x120 mm or 58x40 mm."""


class OzonSource(OrderSource[OzonSettings]):
    """Postings of every ``integration_type_flow``; what may be called is read off ``available_actions``."""

    code = "ozon"
    title = "Ozon"
    settings_type = OzonSettings
    streams = ("open", "changed")
    settle = timedelta(seconds=60)
    label_batch = 1000
    addresses = tuple(f"https://{part}{host}" for host in ozon_api.FILE_HOSTS for part in ("", "*."))
    refusals = errors.REFUSALS
    limits = (Limit(requests=50),)  # a second, all methods of one Client-Id together (Ozon's docs, 2026-09)

    def __init__(self, settings: OzonSettings, http: httpx.AsyncClient, account: Account) -> None:
        super().__init__(settings, http, account)
        self._countries = CountryTeller()

    @property
    def client(self) -> ozon_api.Client:
        """The wire client; making one costs nothing, the connections are the hub's."""
        given = self.settings
        try:
            key = ozon_api.ApiKey(given.client_id, given.api_key.reveal())
        except ValueError as error:
            raise AuthFailed(
                "The Client-Id or the Api-Key is empty or was not copied cleanly: copy both again.",
                code="auth_failed.client_id_api_key",
            ) from error
        return ozon_api.Client(self.http, key, given.base_url, file_hosts=given.file_hosts)

    async def check(self) -> AccountStatus:
        found = await self.client.roles()
        names = tuple(role.name for role in found.roles)
        allowed = {method for role in found.roles for method in role.methods}
        notes: tuple[str, ...] = ()
        if not any(name in _SHIPPING_ROLES for name in names) and not allowed.issuperset(_NEEDED):
            notes = (
                said(
                    "The key has no role that ships: make one with 'Posting FBS' or 'Admin' in Settings, "
                    "Seller API.",
                    code="ozon.key_no_role_ships_make",
                ),
            )
        return AccountStatus(
            external_id=self.settings.client_id, expires_at=found.expires_at, roles=names, notes=notes
        )

    async def postings(self, stream: str, cursor: str) -> Page:
        walk = windows.begun(windows.parse(cursor), now())
        try:
            page = await self._page(stream, walk)
        except ozon_api.OzonError as error:
            known = error.reason not in (ozon_api.ErrorReason.OTHER, ozon_api.ErrorReason.VALIDATION)
            if not walk.cursor or error.http_status != 400 or known:
                raise
            # Ozon no longer knows its own cursor: walk this list from its start.
            walk = msgspec.structs.replace(walk, cursor="")
            page = await self._page(stream, walk)
        items = tuple(map(bytes, page.postings))
        # An empty page may follow `has_next` (seen live, 2026-04); the same cursor again would never end.
        if page.has_next and items and page.cursor not in ("", walk.cursor):
            return Page(items=items, next=windows.going_on(walk, page.cursor), complete=False)
        return Page(items=items, next="" if stream == "open" else windows.after_changed(walk), complete=True)

    async def _page(self, stream: str, walk: windows.Walk) -> ozon_api.PostingPage:
        if stream == "open":
            return await self.client.posting_fbs_unfulfilled_list(
                filter=windows.open_filter(walk), cursor=walk.cursor, with_=_LIST
            )
        return await self.client.posting_fbs_list(
            filter=windows.changed_filter(walk), cursor=walk.cursor, with_=_LIST
        )

    def decode(self, raw: bytes) -> Posting:
        return mapping.posting(raw)

    def number(self, raw: bytes) -> str:
        return mapping.posting_number(raw)

    async def posting(self, number: str) -> bytes:
        return bytes((await self.client.posting_fbs_get(number, with_=_GET)).result)

    async def units(self, posting: Posting) -> Sequence[Unit]:
        return await exemplars.listed(self.client, posting)

    async def tell_units(self, posting: Posting, units: Sequence[Unit]) -> ReportResult:
        return await exemplars.tell(self.client, posting, units)

    async def units_check(self, posting: Posting) -> UnitsCheck:
        return await exemplar_checks.check(self.client, posting)

    async def tell_country(self, posting: Posting, sku: str, country: str) -> ReportResult:
        return await self._countries.tell(self.client, posting, sku, country)

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        packages = _packages(posting, parcels)
        try:
            done = await self.client.posting_fbs_ship(posting.number, packages)
        except ozon_api.OzonError as error:
            if error.token != "POSTING_ALREADY_SHIPPED":
                raise
            return Assembly(numbers=(posting.number,))  # Ozon guards this call by state: it is done
        return Assembly(numbers=done.result or (posting.number,))

    async def request_labels(self, postings: Sequence[Posting]) -> Sequence[Ticket | Failure]:
        numbers = [posting.number for posting in postings]
        answers = await labels.request(self.client, numbers, self.settings.label_size)
        return [answers[number] for number in numbers]

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        return await labels.fetch(self.client, ticket)

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        pair = ozon_api.TrackingNumber(posting_number=posting.number, tracking_number=tracking_number)
        return _result(posting, await self.client.fbs_posting_tracking_number_set([pair]))

    async def report(self, posting: Posting, stage: Stage) -> ReportResult:
        client = self.client
        match stage:
            case Stage.IN_TRANSIT:
                reply = await client.fbs_posting_delivering([posting.number])
            case Stage.READY_FOR_PICKUP:
                reply = await client.fbs_posting_last_mile([posting.number])
            case Stage.DELIVERED:
                reply = await client.fbs_posting_delivered([posting.number])
            case _:
                raise Unsupported(
                    "Ozon takes no report of the stage {stage}",
                    code="unsupported.takes_no_report_stage",
                    values={"stage": stage},
                )
        return _result(posting, reply)

    async def handovers(self, group: str, day: date) -> Sequence[Handover]:
        return await handing.carriages(self.client, group, day)

    async def open_handover(self, group: str, day: date) -> Handover:
        return await handing.create(self.client, group, day)

    async def fill_handover(self, handover_id: str, numbers: Sequence[str]) -> Handover:
        return await handing.fill(self.client, handover_id, numbers)

    async def close_handover(self, handover_id: str) -> Handover:
        return await handing.approve(self.client, handover_id)

    async def handover(self, handover_id: str) -> Handover:
        return await handing.papers(self.client, handover_id)

    async def cancel_reasons(self, posting: Posting) -> Sequence[CancelReason]:
        found = await self.client.posting_fbs_cancel_reason([posting.number])
        return [
            CancelReason(id=str(one.id), title=one.title, needs_message=one.id == _OTHER_REASON)
            for reply in found.result
            if reply.posting_number == posting.number
            for one in reply.reasons
            if one.is_available_for_cancellation is not False
        ]

    async def cancel(self, posting: Posting, reason: CancelReason, message: str) -> ReportResult:
        try:
            done = await self.client.posting_fbs_cancel(
                posting.number, int(reason.id), cancel_reason_message=message
            )
        except ozon_api.OzonError as error:
            if error.token != "POSTING_ALREADY_CANCELLED":
                raise
            return ReportResult(number=posting.number, state="done")
        if done.result:
            return ReportResult(number=posting.number, state="accepted")
        return ReportResult(number=posting.number, state="refused", reason=errors.in_words(""))

    async def cancel_requests(self, numbers: Sequence[str] = ()) -> Sequence[CancelRequest]:
        return await cancel_requests.listed(self.client, numbers)

    async def answer_cancel_request(self, request: CancelRequest, agree: bool, comment: str) -> ReportResult:
        return await cancel_requests.answer(self.client, request, agree, comment)

    def explain(self, error: Exception) -> Failure | None:
        return errors.explain(error)


def _packages(posting: Posting, parcels: Sequence[Parcel]) -> list[ozon_api.Package]:
    """One package per parcel; each becomes a posting of its own. Ozon's ``product_id`` here is the SKU."""
    if len(parcels) > 1 and not all(parcel.items for parcel in parcels):
        raise Rejected(
            "Several parcels, and not every one says what it holds: plan the packing again.",
            code="rejected.several_parcels_not_every_says",
        )
    contents = [parcel.items or posting.items for parcel in parcels] or [posting.items]
    packages = []
    for items in contents:
        pieces: Counter[int] = Counter()
        for item in items:
            pieces[int(item.sku)] += item.quantity
        products = [ozon_api.PackageProduct(product_id=sku, quantity=n) for sku, n in pieces.items()]
        packages.append(ozon_api.Package(products=tuple(products)))
    return packages


def _result(posting: Posting, reply: ozon_api.PostingResults) -> ReportResult:
    """The outcome of one posting: it stands per item, under HTTP 200.

    Raises BadReply where the answer is about others alone: what became of this one has to be looked up.
    """
    for one in reply.result:
        if one.posting_number != posting.number:
            continue
        if one.result:
            return ReportResult(number=posting.number, state="accepted")
        reason = errors.in_words(one.error)
        return ReportResult(number=posting.number, state="refused", reason=reason, reason_code=one.error)
    raise BadReply("Ozon did not answer for this posting.", code="bad_reply.not_answer_posting")
